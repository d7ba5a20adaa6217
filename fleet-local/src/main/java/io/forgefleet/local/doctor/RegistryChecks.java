package io.forgefleet.local.doctor;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.registry.DockerCredentials;
import io.forgefleet.clients.registry.Registry;
import io.forgefleet.runtime.config.FleetConfig;
import io.forgefleet.runtime.config.RegistryConfig;
import java.time.Duration;
import java.util.function.Consumer;

/** Whether the registries answer, and let us in. */
final class RegistryChecks {

    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final DockerCredentials credentials = DockerCredentials.ofThisProcess();
    private final Consumer<Finding> tell;

    RegistryChecks(Consumer<Finding> tell) {
        this.tell = tell;
    }

    void run(FleetConfig config) throws InterruptedException {
        for (RegistryConfig registry : config.registries()) {
            String what = "registry " + registry.name();
            int slash = registry.api().indexOf('/');
            String host = slash < 0 ? registry.api() : registry.api().substring(0, slash);
            try {
                boolean known = credentials.of(host).isPresent();
                new Registry(host, registry.plainHttp(), credentials, TIMEOUT).ping();
                tell.accept(Finding.ok(
                        what,
                        host + " answers, "
                                + (known
                                        ? "with docker's credentials"
                                        : "to everybody; there are no" + " credentials for it")));
            } catch (ClientException e) {
                tell.accept(Finding.fail(
                        what,
                        String.valueOf(e.getMessage()),
                        e.kind() == ClientException.Kind.UNAUTHORIZED
                                ? "docker login " + host
                                : "check registries/" + registry.name() + " in fleet.yml, plainHttp too"));
            }
        }
    }
}
