package io.forgefleet.runtime.work;

import io.forgefleet.host.process.ManagedProcess;
import io.forgefleet.host.process.ProcessSpec;
import io.forgefleet.host.process.Program;
import io.forgefleet.runtime.topic.KafkaSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;

/** A worker in a process of its own, to be killed: each run begins a step in it, and stays there. */
final class TrialProcess {

    static final int SLOTS = 6;

    private TrialProcess() {}

    public static void main(String[] args) throws Exception {
        KafkaSettings kafka = new KafkaSettings(args[0], Map.of("client.id", args[2]), args[1]);
        var unused = TestFleet.service(kafka, args[2], SLOTS, TestFleet.TIMING, TestFleet.declaration(run -> {
            run.begin("hold");
            new CountDownLatch(1).await();
            throw new IllegalStateException("nobody counts it down");
        }));
        Thread.sleep(Duration.ofMinutes(5));
    }

    /** Starts one, whose runs say that they are its own by its name. */
    static ManagedProcess start(TestFleet fleet, String name, Path folder) {
        return ManagedProcess.start(ProcessSpec.of(
                name,
                folder.resolve(name + ".log"),
                List.of(
                        Program.java().toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        Objects.requireNonNull(System.getProperty("java.class.path")),
                        TrialProcess.class.getName(),
                        fleet.kafka.bootstrap(),
                        fleet.kafka.topicPrefix(),
                        name)));
    }
}
