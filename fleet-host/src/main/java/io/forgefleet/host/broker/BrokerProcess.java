package io.forgefleet.host.broker;

import io.forgefleet.host.process.FreePort;
import io.forgefleet.host.process.ManagedProcess;
import io.forgefleet.host.process.ProcessSpec;
import io.forgefleet.host.process.Program;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** {@link BrokerMain} as a child of this process, with this process's class path: a broker that can be killed with -9. */
public final class BrokerProcess implements AutoCloseable {

    private static final Duration READY_WITHIN = Duration.ofMinutes(2);

    private final BrokerOptions options;
    private final ManagedProcess process;

    private BrokerProcess(BrokerOptions options, ManagedProcess process) {
        this.options = options;
        this.process = process;
    }

    /**
     * Starts a broker and returns once it takes records: about 3 s, and 9 s on the directory of a killed one.
     *
     * @param log file for the process's output
     */
    public static BrokerProcess start(BrokerOptions asked, Path log) throws InterruptedException {
        BrokerOptions options = asked.port() == 0 ? asked.onPort(FreePort.find()) : asked;
        ManagedProcess process = ManagedProcess.start(ProcessSpec.of(
                        "kafka",
                        log,
                        List.of(
                                Program.java().toString(),
                                "-XX:+UseSerialGC",
                                "-Xmx256m",
                                "-cp",
                                System.getProperty("java.class.path"),
                                BrokerMain.class.getName()))
                .with(environment(options)));
        process.awaitReady(() -> process.outputTail().contains(BrokerMain.READY), READY_WITHIN);
        return new BrokerProcess(options, process);
    }

    /** What this broker was started with, its port no longer 0: the same again is a restart of it. */
    public BrokerOptions options() {
        return options;
    }

    /** Where clients connect: {@code host:port}. */
    public String bootstrap() {
        return options.advertisedHost() + ":" + options.port();
    }

    public long pid() {
        return process.pid();
    }

    /** {@code kill -9}. */
    public void kill() {
        process.kill();
    }

    @Override
    public void close() {
        process.close();
    }

    private static Map<String, String> environment(BrokerOptions options) {
        Map<String, String> environment = new TreeMap<>();
        BrokerProperties.of(options, options.port(), FreePort.find())
                .forEach((property, value) ->
                        environment.put("KAFKA_" + property.replace('.', '_').toUpperCase(Locale.ROOT), value));
        return environment;
    }
}
