package io.forgefleet.runtime.service;

import io.forgefleet.runtime.config.ConfigException;
import io.forgefleet.runtime.config.FleetConfig;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The {@code main} of a service: {@code [--config FILE]}, else the file that {@code FLEET_CONFIG} names, else
 * {@code fleet.yml}. SIGTERM and SIGINT stop it in order.
 */
public final class ServiceMain {

    /** How a process ends. */
    enum Exit {
        STOPPED(0),
        FAILED(1),
        /** The command line or the configuration is wrong; nothing was started. */
        MISCONFIGURED(2),
        /** Something failed or did not end in time while it was stopping. */
        NOT_CLEAN(3);

        private final int code;

        Exit(int code) {
            this.code = code;
        }

        int code() {
            return code;
        }
    }

    /** What a service consists of. */
    @FunctionalInterface
    public interface Wiring {
        /** Starts it all, says to the service how to stop it, and returns. */
        void start(Service service) throws Exception;
    }

    private static final Logger LOG = LoggerFactory.getLogger(ServiceMain.class);

    private ServiceMain() {}

    /** Runs a service until it is told to stop. Returns when all is started; the event loops keep the process alive. */
    public static void run(String name, String[] arguments, Wiring wiring) {
        Exit exit = start(name, arguments, System.getenv(), wiring, System.err);
        if (exit != Exit.STOPPED) {
            Runtime.getRuntime().halt(exit.code());
        }
    }

    /** {@link Exit#STOPPED} means that it was started, and will end like that. */
    static Exit start(
            String name, String[] arguments, Map<String, String> environment, Wiring wiring, PrintStream errors) {
        FleetConfig config;
        try {
            config = FleetConfig.load(file(arguments, environment), environment);
        } catch (ConfigException | IllegalArgumentException e) {
            errors.println(name + ": " + e.getMessage());
            return Exit.MISCONFIGURED;
        }
        if (config.kafka().isEmbedded()) {
            errors.println(name + ": kafka.bootstrap is not set, and a service alone has no broker of its own;"
                    + " set it or FLEET_KAFKA_BOOTSTRAP, or run the whole fleet with ./fleet up");
            return Exit.MISCONFIGURED;
        }
        Service service;
        try {
            service = Service.start(name, config);
        } catch (Exception e) {
            LOG.error("{} did not start", name, e);
            return Exit.FAILED;
        }
        Thread stop = new Thread(() -> Runtime.getRuntime().halt(stop(service).code()), "stop");
        Runtime.getRuntime().addShutdownHook(stop);
        try {
            // else the process would seem ready as soon as the parts are that it has told of so far
            Readiness.Part start = service.readiness().add("start", "parts are still being started");
            wiring.start(service);
            start.ready();
        } catch (Exception | LinkageError e) {
            LOG.error("{} did not start", name, e);
            Runtime.getRuntime().removeShutdownHook(stop);
            stop(service);
            return Exit.FAILED;
        }
        LOG.info(
                "{} has started in {} ms, management at {}",
                name,
                ManagementFactory.getRuntimeMXBean().getUptime(),
                config.listen().management().withPort(service.management().port()));
        return Exit.STOPPED;
    }

    private static Exit stop(Service service) {
        try {
            return service.stop() ? Exit.STOPPED : Exit.NOT_CLEAN;
        } catch (InterruptedException e) {
            return Exit.NOT_CLEAN;
        }
    }

    private static Path file(String[] arguments, Map<String, String> environment) {
        if (arguments.length == 2 && arguments[0].equals("--config")) {
            return Path.of(arguments[1]);
        }
        if (arguments.length > 0) {
            throw new IllegalArgumentException("[--config FILE] was expected, got: " + String.join(" ", arguments));
        }
        return Path.of(environment.getOrDefault("FLEET_CONFIG", "fleet.yml"));
    }
}
