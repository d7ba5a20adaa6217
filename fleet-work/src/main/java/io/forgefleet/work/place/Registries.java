package io.forgefleet.work.place;

import io.forgefleet.clients.registry.DockerCredentials;
import io.forgefleet.clients.registry.Registry;
import io.forgefleet.runtime.config.FleetConfig;
import io.forgefleet.runtime.config.RegistryConfig;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The configured registries, with one client each. Thread-safe. */
public final class Registries {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    /**
     * A repository of a registry.
     *
     * @param host as the fleet's own hosts reach it
     * @param path there
     */
    public record Place(Registry registry, String host, String path, boolean plainHttp) {

        /** Host and path, without tag. */
        public String reference() {
            return host + "/" + path;
        }
    }

    private final FleetConfig config;
    private final Map<String, Registry> clients = new HashMap<>();

    public Registries(FleetConfig config, DockerCredentials credentials) {
        this.config = config;
        for (RegistryConfig registry : config.registries()) {
            clients.put(registry.name(), new Registry(host(registry), registry.plainHttp(), credentials, TIMEOUT));
        }
    }

    /** The client of a registry by its name in the configuration. */
    public Optional<Registry> client(String name) {
        return Optional.ofNullable(clients.get(name));
    }

    /**
     * Where a repository is.
     *
     * @param reference registry and repository, without tag, as image names have them
     * @return empty when no registry of the configuration has it
     */
    public Optional<Place> find(String reference) {
        for (RegistryConfig registry : config.registries()) {
            Registry client = clients.get(registry.name());
            if (client != null && reference.startsWith(registry.address() + "/")) {
                String inside =
                        registry.api() + reference.substring(registry.address().length());
                String path = inside.substring(inside.indexOf('/') + 1);
                return Optional.of(new Place(client, host(registry), path, registry.plainHttp()));
            }
        }
        return Optional.empty();
    }

    private static String host(RegistryConfig registry) {
        return registry.api().split("/", 2)[0];
    }
}
