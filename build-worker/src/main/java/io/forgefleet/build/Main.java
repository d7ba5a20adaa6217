package io.forgefleet.build;

import io.forgefleet.runtime.config.FleetConfig;
import io.forgefleet.runtime.service.Service;
import io.forgefleet.runtime.service.ServiceMain;
import io.forgefleet.runtime.service.StopStage;
import io.forgefleet.runtime.topic.KafkaSettings;
import java.io.IOException;

/** The build worker as a process of its own. */
public final class Main {

    private Main() {}

    public static void main(String[] arguments) {
        ServiceMain.run("build-worker", arguments, Main::start);
    }

    private static void start(Service service) throws IOException, InterruptedException {
        FleetConfig config = service.config();
        KafkaSettings kafka = service.awaitKafka(BuildService.shareGroup(config));
        BuildService builds = BuildService.start(config, kafka, service.meters().registry());
        service.readiness().add("builds", builds::missing);
        service.onStop(
                StopStage.DRAIN,
                "builds",
                left -> builds.stop(config.intervals().drain()));
    }
}
