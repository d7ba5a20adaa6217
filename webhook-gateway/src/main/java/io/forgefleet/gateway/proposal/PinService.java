package io.forgefleet.gateway.proposal;

import io.forgefleet.clients.forge.Forge;
import io.forgefleet.events.ForgeEvent;
import io.forgefleet.events.PushEvent;
import io.forgefleet.events.job.WorkerKind;
import io.forgefleet.events.run.RunSubject;
import io.forgefleet.runtime.config.FleetConfig;
import io.forgefleet.runtime.config.ForgeConfig;
import io.forgefleet.runtime.config.Secret;
import io.forgefleet.runtime.service.ProcessName;
import io.forgefleet.runtime.topic.KafkaSettings;
import io.forgefleet.runtime.topic.ShareGroup;
import io.forgefleet.runtime.work.WorkerService;
import io.forgefleet.runtime.worker.WorkerDeclaration;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Pins at work in the gateway, which has the tokens that may write; one at a time. */
public final class PinService {

    private static final Duration FORGE_TIMEOUT = Duration.ofSeconds(20);
    private static final int SLOTS = 1;

    private final WorkerService service;

    private PinService(WorkerService service) {
        this.service = service;
    }

    /** The share groups of the gateway; they have to be there before it starts. None where no forge has a token. */
    public static ShareGroup[] shareGroups(FleetConfig config) {
        return hasToken(config)
                ? new ShareGroup[] {config.intervals().shareGroup(WorkerKind.PIN.name())}
                : new ShareGroup[0];
    }

    /**
     * Starts it where a forge has a token: without one nothing can be written.
     *
     * @param publicUrl base of the run pages, without a slash at its end
     */
    public static Optional<PinService> start(
            FleetConfig config, KafkaSettings kafka, URI publicUrl, MeterRegistry meters) {
        if (!hasToken(config)) {
            return Optional.empty();
        }
        Map<String, Forge> forges = new HashMap<>();
        for (ForgeConfig forge : config.forges()) {
            Secret token = forge.token();
            if (token != null) {
                forges.put(
                        forge.name(), Forge.open(forge.kind(), forge.url().toString(), token.value(), FORGE_TIMEOUT));
            }
        }
        return Optional.of(new PinService(new WorkerService(
                kafka,
                new WorkerDeclaration(
                        WorkerKind.PIN,
                        Set.of(),
                        PinService::subject,
                        new PinWorker(forges, publicUrl, config.intervals().attempts())),
                ProcessName.of("gateway"),
                SLOTS,
                shareGroups(config)[0],
                config.intervals().claimTiming(),
                config.intervals().runTiming(),
                meters)));
    }

    /** What keeps it from taking work, for people; empty when nothing does. */
    public String missing() {
        return service.missing();
    }

    /** Takes nothing more, and lets what runs finish within the drain time. */
    public void stop(Duration drain) throws InterruptedException {
        service.stop(drain);
    }

    private static boolean hasToken(FleetConfig config) {
        return config.forges().stream().anyMatch(forge -> forge.token() != null);
    }

    /** Only a branch can be pinned in. */
    private static Optional<RunSubject> subject(ForgeEvent event, boolean replay) {
        return event instanceof PushEvent push && push.after() != null
                ? Optional.of(new RunSubject(
                        WorkerKind.PIN,
                        push.id(),
                        push.repository(),
                        "",
                        push.after(),
                        push.ref().value(),
                        null,
                        replay))
                : Optional.empty();
    }
}
