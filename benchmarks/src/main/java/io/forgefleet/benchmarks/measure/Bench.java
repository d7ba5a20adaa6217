package io.forgefleet.benchmarks.measure;

import io.forgefleet.host.broker.BrokerOptions;
import io.forgefleet.host.broker.BrokerProcess;
import io.forgefleet.host.process.ManagedProcess;
import io.forgefleet.host.process.ProcessSpec;
import io.forgefleet.host.process.Program;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a benchmark works with. Processes that it starts have the class path of this one, and end with this one whatever
 * happens.
 *
 * @param quick whether to try it only: fewer repetitions, figures that mean little
 * @param directory an empty folder, deleted at the end
 */
public record Bench(boolean quick, Path directory) {

    /** One number for a real measurement, a smaller one for a try. */
    public int size(int full, int small) {
        return quick ? small : full;
    }

    /** Tells what is going on. */
    public void say(String what) {
        System.err.println("  " + what);
    }

    /** A broker in a process of its own. */
    public BrokerProcess startBroker() throws InterruptedException {
        say("starting Kafka");
        return BrokerProcess.start(BrokerOptions.in(directory.resolve("kafka")), directory.resolve("kafka.log"));
    }

    /** Starts a main class in a JVM of its own; its output goes to a file of this name. */
    public ManagedProcess startJava(String name, Class<?> main, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(
                Program.java().toString(),
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        command.addAll(arguments);
        return ManagedProcess.start(ProcessSpec.of(name, directory.resolve(name + ".log"), command));
    }
}
