package io.forgefleet.local.doctor;

import io.forgefleet.runtime.config.ConfigException;
import io.forgefleet.runtime.config.FleetConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;

/** Looks at everything that a fleet stands on. Changes nothing. */
public final class Doctor {

    private final Map<String, String> environment;
    private final Consumer<Finding> tell;

    /**
     * @param environment of this process
     * @param tell gets each finding as soon as it is made
     */
    public Doctor(Map<String, String> environment, Consumer<Finding> tell) {
        this.environment = environment;
        this.tell = tell;
    }

    /**
     * Examines the machine and what the configuration names; without a valid one, what holds by default.
     *
     * @param fleetYml need not be there
     */
    public void examine(Path fleetYml) throws InterruptedException {
        new MachineChecks(environment, tell).run();
        FleetConfig config = configuration(fleetYml);
        new StorageChecks(tell).run(config);
        new BuilderChecks(tell).run(config);
        new RegistryChecks(tell).run(config);
        new CleanupChecks(tell).run(config);
        new ForgeChecks(tell).run(config);
        new KafkaChecks(tell).run(config);
        new ScanChecks(environment, tell).run(config);
        new SignChecks(environment, tell).run(config);
        new PostgresChecks(environment, tell).run(config);
    }

    private FleetConfig configuration(Path fleetYml) {
        try {
            if (Files.exists(fleetYml)) {
                FleetConfig config = FleetConfig.load(fleetYml, environment);
                tell.accept(Finding.ok("configuration", fleetYml + " is valid"));
                return config;
            }
            tell.accept(Finding.warn(
                    "configuration",
                    "there is no " + fleetYml + "; what follows is what holds without one",
                    "for a fleet of your own: cp fleet.example.yml fleet.yml; ./fleet demo needs none"));
        } catch (ConfigException e) {
            tell.accept(Finding.fail(
                    "configuration", String.valueOf(e.getMessage()), "./fleet config validate tells it again"));
        }
        return defaults();
    }

    private FleetConfig defaults() {
        try {
            return FleetConfig.parse("{}", Map.of("DOCKER_HOST", environment.getOrDefault("DOCKER_HOST", "")));
        } catch (ConfigException e) {
            throw new IllegalStateException("the defaults of fleet.yml are not valid", e);
        }
    }
}
