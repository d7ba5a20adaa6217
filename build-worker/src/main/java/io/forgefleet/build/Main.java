package io.forgefleet.build;

import io.forgefleet.runtime.config.FleetConfig;
import io.forgefleet.runtime.service.Service;
import io.forgefleet.runtime.service.ServiceMain;
import io.forgefleet.runtime.service.StopStage;
import io.forgefleet.runtime.topic.KafkaSettings;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The build worker as a process of its own. */
public final class Main {

    private Main() {}

    public static void main(String[] arguments) {
        ServiceMain.run("build-worker", arguments, Main::start);
    }

    private static void start(Service service) throws IOException, InterruptedException {
        FleetConfig config = service.config();
        AtomicReference<@Nullable BuildService> started = new AtomicReference<>();
        // told of before Kafka is awaited: else the process would seem ready as soon as Kafka is there
        service.readiness().add("builds", () -> {
            BuildService builds = started.get();
            return builds == null ? "is starting" : builds.missing();
        });
        KafkaSettings kafka = service.awaitKafka(BuildService.shareGroup(config));
        BuildService builds = BuildService.start(config, kafka, service.meters().registry());
        started.set(builds);
        service.onStop(
                StopStage.DRAIN,
                "builds",
                left -> builds.stop(config.intervals().drain()));
    }
}
