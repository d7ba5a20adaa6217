package io.forgefleet.cleanup.sweep;

import io.forgefleet.cleanup.driver.RegistryDriver;
import io.forgefleet.cleanup.driver.api.RegistryDrivers;
import io.forgefleet.clients.registry.DockerCredentials;
import io.forgefleet.runtime.config.FleetConfig;
import io.forgefleet.runtime.config.RegistryConfig;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Where images lie, by the names that the ledger has of them. Thread-safe. */
public final class ImagePlaces {

    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    /** @param repository path in the registry */
    record Place(RegistryDriver driver, String repository) {}

    private final Map<RegistryConfig, RegistryDriver> drivers = new LinkedHashMap<>();

    public ImagePlaces(FleetConfig config, DockerCredentials credentials) {
        RegistryDrivers all = new RegistryDrivers(credentials, TIMEOUT);
        config.registries().forEach(registry -> drivers.put(registry, all.of(registry)));
    }

    /** @param image registry and repository, as the engine names them */
    Optional<Place> find(String image) {
        for (Map.Entry<RegistryConfig, RegistryDriver> each : drivers.entrySet()) {
            String address = each.getKey().address();
            if (image.startsWith(address + "/")) {
                String inside = each.getKey().api() + image.substring(address.length());
                return Optional.of(new Place(each.getValue(), inside.substring(inside.indexOf('/') + 1)));
            }
        }
        return Optional.empty();
    }
}
