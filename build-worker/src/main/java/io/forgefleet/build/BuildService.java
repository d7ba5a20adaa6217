package io.forgefleet.build;

import io.forgefleet.build.builder.Builders;
import io.forgefleet.build.builder.BuiltImages;
import io.forgefleet.build.ciimage.CiImageWorker;
import io.forgefleet.build.image.BuildWorker;
import io.forgefleet.build.plan.BuildPlanner;
import io.forgefleet.build.release.ReleaseBuilds;
import io.forgefleet.build.release.ReleaseImages;
import io.forgefleet.build.scan.ScanWorker;
import io.forgefleet.build.tar.ImageTars;
import io.forgefleet.build.tar.TarStore;
import io.forgefleet.build.template.TemplateService;
import io.forgefleet.build.trust.Supersession;
import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.registry.DockerCredentials;
import io.forgefleet.clients.tool.Folders;
import io.forgefleet.events.job.WorkerKind;
import io.forgefleet.events.run.ImageTar;
import io.forgefleet.runtime.config.FleetConfig;
import io.forgefleet.runtime.config.ImageTarConfig;
import io.forgefleet.runtime.config.Intervals;
import io.forgefleet.runtime.download.DownloadRoute;
import io.forgefleet.runtime.service.ManagementServer;
import io.forgefleet.runtime.service.ProcessName;
import io.forgefleet.runtime.service.Service;
import io.forgefleet.runtime.service.StopStage;
import io.forgefleet.runtime.topic.KafkaSettings;
import io.forgefleet.runtime.topic.ShareGroup;
import io.forgefleet.runtime.topic.Topic;
import io.forgefleet.runtime.work.WorkerService;
import io.forgefleet.runtime.worker.WorkerDeclaration;
import io.forgefleet.work.gate.ConfiguredScan;
import io.forgefleet.work.place.Attempts;
import io.forgefleet.work.place.SideTask;
import io.forgefleet.work.place.Workplaces;
import io.forgefleet.work.release.ReleaseTargets;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Images and template databases at work in this process, or one of both, alone or beside the rest of the fleet. */
public final class BuildService {

    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(3);

    private final Builders builders;
    private final BuiltImages kept;
    private final ImageTars tars;
    private final ReleaseBuilds releases;
    private final Workplaces workplaces;
    private final @Nullable WorkerService images;
    private final @Nullable TemplateService templates;
    private final Thread tending;
    private volatile String missingBuilder = "builders were not asked yet";

    private BuildService(FleetConfig config, KafkaSettings kafka, MeterRegistry meters, URI address)
            throws IOException {
        Intervals intervals = config.intervals();
        DockerCredentials credentials = DockerCredentials.ofThisProcess();
        Path scratch = config.dataDirectory().resolve("images");
        Folders.delete(scratch); // what a worker that was killed had on its way
        workplaces = new Workplaces(config, credentials);
        builders = new Builders(config.builders(), scratch, System.getenv());
        kept = new BuiltImages(intervals.runTimeout().multipliedBy(2));
        ImageTarConfig limits = config.imageTars();
        tars = new ImageTars(
                new TarStore(
                        config.dataDirectory().resolve("image-tars"),
                        limits.keep(),
                        limits.files(),
                        limits.bytes(),
                        InstantSource.system()),
                address,
                new Attempts(intervals.attempts()));
        releases = new ReleaseBuilds(config, workplaces, credentials);
        images = config.workers().contains(WorkerKind.BUILD) ? images(config, kafka, meters) : null;
        templates = config.workers().contains(WorkerKind.TEMPLATE)
                ? TemplateService.start(config, kafka, workplaces, credentials, meters)
                : null;
        tending = Thread.ofVirtual().name("builders").start(this::tend);
    }

    private WorkerService images(FleetConfig config, KafkaSettings kafka, MeterRegistry meters) {
        Intervals intervals = config.intervals();
        return new WorkerService(
                kafka,
                new WorkerDeclaration(
                        WorkerKind.BUILD,
                        Set.of(Topic.PUSH, Topic.PULL_REQUEST),
                        new BuildPlanner(config),
                        new Targets(Map.of(
                                BuildPlanner.TARGET,
                                new BuildWorker(workplaces, builders, kept, tars, intervals, meters),
                                BuildPlanner.CI_IMAGES,
                                new CiImageWorker(workplaces, builders, kept, tars, intervals, meters),
                                ReleaseTargets.IMAGES,
                                new ReleaseImages(workplaces, builders, kept, tars, intervals, meters),
                                ReleaseTargets.ARTIFACT,
                                releases.artifacts(),
                                ScanWorker.TARGET,
                                new ScanWorker(
                                        workplaces,
                                        ConfiguredScan.of(config, System.getenv(), InstantSource.system()),
                                        config.dataDirectory().resolve("scans"),
                                        intervals.attempts()))),
                        new Supersession(workplaces)),
                ProcessName.of(WorkerKind.BUILD.name()),
                builders.slots(),
                config.intervals().shareGroup(WorkerKind.BUILD.name()),
                intervals.claimTiming(),
                intervals.runTiming(),
                meters);
    }

    /** The share groups of the kinds that it works on; they have to be there before the service starts. */
    public static ShareGroup[] shareGroups(FleetConfig config) {
        return config.workers().stream()
                .map(kind -> config.intervals().shareGroup(kind.name()))
                .toArray(ShareGroup[]::new);
    }

    /**
     * Starts taking work as a part of a process, which says whether it is ready and stops it. The topics and
     * {@link #shareGroups} have to be there.
     *
     * @throws IOException when the data directory cannot be used
     */
    public static BuildService start(Service service, KafkaSettings kafka) throws IOException {
        FleetConfig config = service.config();
        BuildService builds = start(config, kafka, service.meters().registry(), service.advertisedUrl());
        builds.handOut(service.management());
        service.readiness().add("builds", builds::missing);
        service.onStop(
                StopStage.DRAIN,
                "builds",
                left -> builds.stop(config.intervals().drain()));
        return builds;
    }

    /**
     * Starts taking work. The topics and {@link #shareGroups} have to be there.
     *
     * @param address base at which the fleet's other services reach what {@link #handOut} gives
     * @throws IOException when the data directory cannot be used
     */
    public static BuildService start(FleetConfig config, KafkaSettings kafka, MeterRegistry meters, URI address)
            throws IOException {
        return new BuildService(config, kafka, meters, address);
    }

    /** Gives the files that it keeps to whoever the server lets in. */
    public void handOut(ManagementServer server) {
        DownloadRoute.add(server, ImageTar.PATH, tars::find);
    }

    /** What keeps it from working, for people; empty when nothing does. Quick. */
    public String missing() {
        if (images != null) {
            String missing = images.missing();
            if (!missing.isEmpty() || !missingBuilder.isEmpty()) {
                return missing.isEmpty() ? missingBuilder : missing;
            }
        }
        return templates == null ? "" : templates.missing();
    }

    /** How many runs are in hand. */
    public int busy() {
        return (images == null ? 0 : images.busy()) + (templates == null ? 0 : templates.busy());
    }

    /** Takes nothing more, lets runs finish within the drain time, hands back the rest, and tidies up. */
    public void stop(Duration drain) throws IOException, InterruptedException {
        SideTask<Boolean> databases = new SideTask<>(() -> {
            if (templates != null) {
                templates.stop(drain);
            }
            return true;
        });
        if (images != null) {
            images.stop(drain);
        }
        try {
            databases.await();
        } catch (ClientException e) {
            throw new IOException(e);
        }
        tending.interrupt();
        kept.close();
        releases.close();
        builders.close();
        workplaces.close();
    }

    private void tend() {
        try {
            while (true) {
                missingBuilder = builders.missing();
                tars.sweep();
                Thread.sleep(BETWEEN_LOOKS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
