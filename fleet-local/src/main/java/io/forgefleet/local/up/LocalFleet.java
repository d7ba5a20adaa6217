package io.forgefleet.local.up;

import io.forgefleet.build.BuildService;
import io.forgefleet.cleanup.CleanupService;
import io.forgefleet.gateway.GatewayService;
import io.forgefleet.release.ReleaseService;
import io.forgefleet.runtime.config.BuilderConfig;
import io.forgefleet.runtime.config.FleetConfig;
import io.forgefleet.runtime.config.ListenConfig.Address;
import io.forgefleet.runtime.service.Readiness;
import io.forgefleet.runtime.service.Service;
import io.forgefleet.runtime.topic.KafkaSettings;
import io.forgefleet.runtime.topic.ShareGroup;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Gateway, build workers and a cleanup worker in this process, on a broker of its own where none is configured, and with an engine of
 * its own for protected branches where nobody said who builds what. Thread-safe.
 */
public final class LocalFleet {

    private final FleetConfig config;
    private final Service service;
    private final GatewayService gateway;
    private final String note;

    private LocalFleet(FleetConfig config, Service service, String note) throws IOException, InterruptedException {
        this.config = config;
        this.service = service;
        this.note = note;
        Readiness.Part start = service.readiness().add("start", "parts are still being started");
        List<ShareGroup> groups = new ArrayList<>(List.of(GatewayService.shareGroups(config)));
        groups.addAll(List.of(BuildService.shareGroups(config)));
        groups.add(ReleaseService.shareGroup(config));
        KafkaSettings kafka = service.awaitKafka(groups.toArray(ShareGroup[]::new));
        // before the gateway, which answers whatever else is asked below /api
        CleanupService.start(service, kafka);
        gateway = GatewayService.start(service, kafka);
        BuildService.start(service, kafka);
        if (config.releases()) {
            ReleaseService.start(service, kafka);
        }
        start.ready();
    }

    /**
     * Starts all of it, and returns when it takes webhooks.
     *
     * @throws IOException when an address or the data directory cannot be used
     * @throws IllegalStateException when the broker does not start; the message says why
     */
    public static LocalFleet start(FleetConfig configured) throws IOException, InterruptedException {
        try (HostParts parts = HostParts.start(configured)) {
            Service service = Service.start("fleet", parts.config());
            parts.endWith(service);
            try {
                return new LocalFleet(parts.config(), service, parts.note());
            } catch (IOException | InterruptedException | RuntimeException e) {
                service.stop();
                throw e;
            }
        }
    }

    /** Where a broker of the fleet's own keeps its records. */
    public static Path brokerDirectory(FleetConfig config) {
        return config.dataDirectory().toAbsolutePath().resolve("kafka");
    }

    /** Those that work, one that the fleet started for itself among them. */
    public List<BuilderConfig> builders() {
        return config.builders();
    }

    /** What people should know about its builders; empty when there is nothing. */
    public String note() {
        return note;
    }

    /** Base of API and run pages on this machine, without a slash at its end. */
    public URI managementUrl() {
        return URI.create("http://"
                + reachable(config.listen().management(), service.management().port()));
    }

    /** Where the webhooks of a forge go to, from this machine. */
    public URI webhookUrl(String forge) {
        Address webhooks = config.listen().webhooks();
        return URI.create("http://" + reachable(webhooks, gateway.webhookPort()) + "/webhooks/" + forge);
    }

    private static Address reachable(Address bound, int port) {
        return (bound.isWildcard() ? new Address("127.0.0.1", port) : bound).withPort(port);
    }

    /** What is missing, by the name of the part; empty when all is there. */
    public Map<String, String> missing() {
        return service.readiness().missing();
    }

    /**
     * Takes nothing more, lets runs finish within the drain time, and ends everything.
     *
     * @return false when something did not end well
     */
    public boolean stop() throws InterruptedException {
        return service.stop();
    }
}
