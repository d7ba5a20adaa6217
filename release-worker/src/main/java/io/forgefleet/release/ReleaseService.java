package io.forgefleet.release;

import io.forgefleet.clients.registry.DockerCredentials;
import io.forgefleet.events.job.WorkerKind;
import io.forgefleet.release.work.ReleaseWork;
import io.forgefleet.runtime.config.FleetConfig;
import io.forgefleet.runtime.config.Intervals;
import io.forgefleet.runtime.service.ProcessName;
import io.forgefleet.runtime.service.Service;
import io.forgefleet.runtime.service.StopStage;
import io.forgefleet.runtime.topic.KafkaSettings;
import io.forgefleet.runtime.topic.ShareGroup;
import io.forgefleet.runtime.work.WorkerService;
import io.forgefleet.work.place.Workplaces;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.time.Duration;

/** Releases at work in this process, alone or beside the rest of the fleet. */
public final class ReleaseService {

    /** Runs wait parked, so few of them are at work at once. */
    private static final int SLOTS = 2;

    private final ReleaseWork work;
    private final WorkerService service;

    private ReleaseService(FleetConfig config, KafkaSettings kafka, MeterRegistry meters) throws IOException {
        Intervals intervals = config.intervals();
        work = new ReleaseWork(
                config, kafka, new Workplaces(config, DockerCredentials.ofThisProcess()), System.getenv(), meters);
        service = new WorkerService(
                kafka,
                work.declaration(),
                ProcessName.of(WorkerKind.RELEASE.name()),
                SLOTS,
                shareGroup(config),
                intervals.claimTiming(),
                intervals.runTiming(),
                meters);
    }

    /** The share group of releases; it has to be there before the service starts. */
    public static ShareGroup shareGroup(FleetConfig config) {
        return config.intervals().shareGroup(WorkerKind.RELEASE.name());
    }

    /**
     * Starts taking work as a part of a process, which says whether it is ready and stops it. The topics and {@link #shareGroup}
     * have to be there.
     *
     * @throws IOException when the data directory cannot be used
     */
    public static ReleaseService start(Service service, KafkaSettings kafka) throws IOException {
        FleetConfig config = service.config();
        ReleaseService releases = start(config, kafka, service.meters().registry());
        service.readiness().add("releases", releases::missing);
        service.onStop(
                StopStage.DRAIN,
                "releases",
                left -> releases.stop(config.intervals().drain()));
        return releases;
    }

    /** Starts taking work. The topics and {@link #shareGroup} have to be there. */
    public static ReleaseService start(FleetConfig config, KafkaSettings kafka, MeterRegistry meters)
            throws IOException {
        return new ReleaseService(config, kafka, meters);
    }

    /** What keeps it from working, for people; empty when nothing does. Quick. */
    public String missing() {
        return service.missing();
    }

    /** How many runs are in hand. */
    public int busy() {
        return service.busy();
    }

    /** Takes nothing more, lets runs finish within the drain time, and hands back the rest. */
    public void stop(Duration drain) throws IOException, InterruptedException {
        service.stop(drain);
        work.close();
    }
}
