package io.forgefleet.build.template;

import io.forgefleet.build.plan.BuildPlanner;
import io.forgefleet.build.trust.Supersession;
import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.registry.DockerCredentials;
import io.forgefleet.clients.tool.Folders;
import io.forgefleet.events.job.WorkerKind;
import io.forgefleet.events.repofile.TemplateSpec.Engine;
import io.forgefleet.runtime.config.FleetConfig;
import io.forgefleet.runtime.config.Intervals;
import io.forgefleet.runtime.config.TemplateConfig;
import io.forgefleet.runtime.service.ProcessName;
import io.forgefleet.runtime.topic.KafkaSettings;
import io.forgefleet.runtime.topic.ShareGroup;
import io.forgefleet.runtime.topic.Topic;
import io.forgefleet.runtime.work.RunTiming;
import io.forgefleet.runtime.work.WorkerService;
import io.forgefleet.runtime.worker.WorkerDeclaration;
import io.forgefleet.work.gate.ConfiguredScan;
import io.forgefleet.work.place.Workplaces;
import io.forgefleet.work.sandbox.Sandbox;
import io.forgefleet.work.sandbox.SandboxLimits;
import io.forgefleet.work.template.TemplateCache;
import io.forgefleet.work.template.postgres.PostgresTools;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Template databases at work in this process. */
public final class TemplateService {

    private static final Logger LOG = LoggerFactory.getLogger(TemplateService.class);

    /** Who waits for another one's database looks for it as often; images take minutes, and so may be waited for. */
    private static final Duration PARK = Duration.ofSeconds(5);

    private static final Duration BETWEEN_SWEEPS = Duration.ofMinutes(5);
    private static final Duration LONGEST_ON_THE_WAY = Duration.ofDays(1);
    private static final int PROCESSES = 512;

    private final Path scratch;
    private final Sandbox sandbox;
    private final WorkerService service;
    private final Thread sweeping;

    private TemplateService(
            FleetConfig config,
            KafkaSettings kafka,
            Workplaces workplaces,
            DockerCredentials credentials,
            MeterRegistry meters) {
        TemplateConfig templates = config.templates();
        Intervals intervals = config.intervals();
        Path folder = config.dataDirectory().resolve("templates");
        scratch = folder.resolve("scratch");
        Duration park = intervals.park().compareTo(PARK) < 0 ? intervals.park() : PARK;
        sandbox = new Sandbox(
                templates.engine().toString(),
                credentials,
                new SandboxLimits(templates.cpus(), templates.memory(), PROCESSES, templates.databaseBytes()),
                scratch,
                templates.timeout());
        CommandImages images =
                new CommandImages(workplaces.registries(), credentials, park.multipliedBy(2), intervals.runTimeout());
        CommandRun commands = new CommandRun(sandbox, templates);
        PostgresTools tools = new PostgresTools(ConfiguredScan.paths(config, System.getenv()), templates.timeout());
        TemplateRun.Means means = new TemplateRun.Means(
                images,
                new TemplateRun.Preparations(Map.of(
                        Engine.SQLITE,
                        new SqlitePreparation(commands),
                        Engine.POSTGRESQL,
                        new PostgresPreparation(commands, templates.postgres(), images, tools))),
                new TemplateCache(folder.resolve("cache"), templates.cacheBytes()),
                new TemplateMeters(meters),
                scratch);
        service = new WorkerService(
                kafka,
                new WorkerDeclaration(
                        WorkerKind.TEMPLATE,
                        Set.of(Topic.PUSH, Topic.PULL_REQUEST),
                        BuildPlanner.ofTemplates(config),
                        new TemplateWorker(workplaces, means),
                        new Supersession(workplaces),
                        true),
                ProcessName.of(WorkerKind.TEMPLATE.name()),
                templates.slots(),
                shareGroup(config),
                intervals.claimTiming(),
                new RunTiming(intervals.attempts(), intervals.retryDelay(), intervals.runTimeout(), park),
                meters);
        sweeping = Thread.ofVirtual().name("sandbox-sweeps").start(this::sweep);
    }

    /** The share group of template databases; it has to be there before the service starts. */
    public static ShareGroup shareGroup(FleetConfig config) {
        return config.intervals().shareGroup(WorkerKind.TEMPLATE.name());
    }

    /** Starts taking work. The topics and {@link #shareGroup} have to be there. */
    public static TemplateService start(
            FleetConfig config,
            KafkaSettings kafka,
            Workplaces workplaces,
            DockerCredentials credentials,
            MeterRegistry meters) {
        return new TemplateService(config, kafka, workplaces, credentials, meters);
    }

    /** What keeps it from taking work, for people; empty when nothing does. Quick. */
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
        sweeping.interrupt();
        sandbox.close();
    }

    /** Files of a process that was killed, on their way to somewhere. */
    private void removeLeftBehind() throws IOException {
        if (!Files.isDirectory(scratch)) {
            return;
        }
        Instant old = Instant.now().minus(LONGEST_ON_THE_WAY);
        try (Stream<Path> files = Files.list(scratch)) {
            for (Path file : files.toList()) {
                if (Files.getLastModifiedTime(file).toInstant().isBefore(old)) {
                    Folders.delete(file);
                }
            }
        } catch (NoSuchFileException e) {
            LOG.debug("{} came to where it was to go", e.getFile());
        }
    }

    private void sweep() {
        try {
            while (true) {
                try {
                    sandbox.sweep();
                    removeLeftBehind();
                } catch (ClientException | IOException e) {
                    LOG.debug("what was left over is not swept now: {}", e.getMessage());
                }
                Thread.sleep(BETWEEN_SWEEPS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
