package io.forgefleet.release.work;

import io.forgefleet.clients.tool.Folders;
import io.forgefleet.events.job.WorkerKind;
import io.forgefleet.release.plan.Planning;
import io.forgefleet.release.plan.ReleasePlanner;
import io.forgefleet.release.plan.TagTruth;
import io.forgefleet.release.proof.Proofs;
import io.forgefleet.runtime.config.FleetConfig;
import io.forgefleet.runtime.topic.KafkaSettings;
import io.forgefleet.runtime.topic.Topic;
import io.forgefleet.runtime.worker.WorkerDeclaration;
import io.forgefleet.work.place.Workplaces;
import io.forgefleet.work.release.ReleaseTargets;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;

/** What a release worker does, and what it needs for that. */
public final class ReleaseWork implements AutoCloseable {

    private final Workplaces workplaces;
    private final Wakeups wakeups;
    private final WorkerDeclaration declaration;

    /**
     * Connects.
     *
     * @param environment of this process
     */
    public ReleaseWork(
            FleetConfig config,
            KafkaSettings kafka,
            Workplaces workplaces,
            Map<String, String> environment,
            MeterRegistry registry)
            throws IOException {
        this.workplaces = workplaces;
        this.wakeups = new Wakeups(kafka);
        Path scratch = config.dataDirectory().resolve("releases");
        Folders.delete(scratch); // what a worker that was killed had on its way
        InstantSource clock = InstantSource.system();
        Means means = new Means(
                workplaces,
                new Planning(config),
                new Proofs(config, environment, clock, scratch),
                wakeups,
                new SagaMeters(registry, wakeups),
                config.intervals(),
                clock,
                scratch);
        this.declaration = new WorkerDeclaration(
                WorkerKind.RELEASE,
                Set.of(Topic.TAG),
                new ReleasePlanner(config),
                new Targets(Map.of(
                        ReleaseTargets.RELEASE,
                        new ReleaseWorker(means),
                        ReleaseTargets.ABORT,
                        new AbortWorker(means),
                        ReleaseTargets.SIGN,
                        new SignWorker(means, config))),
                new TagTruth(workplaces),
                true);
    }

    /** For the queue. */
    public WorkerDeclaration declaration() {
        return declaration;
    }

    @Override
    public void close() throws IOException {
        wakeups.close();
        workplaces.close();
    }
}
