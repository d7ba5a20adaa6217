package io.forgefleet.gateway.write;

import io.forgefleet.clients.forge.Forge;
import io.forgefleet.clients.forge.scan.CodeScans;
import io.forgefleet.events.CommentEvent;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.ForgeEvent;
import io.forgefleet.events.PullRequestEvent;
import io.forgefleet.events.PushEvent;
import io.forgefleet.events.TagEvent;
import io.forgefleet.events.job.WorkerKind;
import io.forgefleet.events.run.RunSubject;
import io.forgefleet.runtime.config.FleetConfig;
import io.forgefleet.runtime.config.ForgeConfig;
import io.forgefleet.runtime.config.Intervals;
import io.forgefleet.runtime.config.Secret;
import io.forgefleet.runtime.service.ProcessName;
import io.forgefleet.runtime.topic.KafkaSettings;
import io.forgefleet.runtime.topic.ShareGroup;
import io.forgefleet.runtime.work.WorkerService;
import io.forgefleet.runtime.worker.Worker;
import io.forgefleet.runtime.worker.WorkerDeclaration;
import io.forgefleet.work.place.Registries;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A worker kind at work in the gateway, which has the tokens that may write; one run at a time. */
public final class WriteService {

    private static final Duration FORGE_TIMEOUT = Duration.ofSeconds(20);
    private static final int SLOTS = 1;

    private final WorkerKind kind;
    private final WorkerService service;

    private WriteService(WorkerKind kind, WorkerService service) {
        this.kind = kind;
        this.service = service;
    }

    /** The share groups of the gateway; they have to be there before it starts. None where no forge has a token. */
    public static ShareGroup[] shareGroups(FleetConfig config) {
        return kinds(config).stream()
                .map(kind -> config.intervals().shareGroup(kind.name()))
                .toArray(ShareGroup[]::new);
    }

    /**
     * Starts the kinds that a forge is there for, with a token: without one nothing can be written.
     *
     * @param publicUrl base of the run pages, without a slash at its end
     */
    public static List<WriteService> start(
            FleetConfig config, KafkaSettings kafka, Registries registries, URI publicUrl, MeterRegistry meters) {
        Map<String, Forge> forges = new HashMap<>();
        for (ForgeConfig forge : config.forges()) {
            Secret token = forge.token();
            if (token != null) {
                forges.put(
                        forge.name(), Forge.open(forge.kind(), forge.url().toString(), token.value(), FORGE_TIMEOUT));
            }
        }
        Intervals intervals = config.intervals();
        List<WriteService> services = new ArrayList<>();
        for (WorkerKind kind : kinds(config)) {
            Worker worker = kind.equals(WorkerKind.PIN)
                    ? new PinWorker(forges, publicUrl, intervals.attempts())
                    : new ReportWorker(forges, registries, intervals.attempts(), intervals.park());
            services.add(new WriteService(
                    kind,
                    new WorkerService(
                            kafka,
                            new WorkerDeclaration(
                                    kind, Set.of(), (event, replay) -> subject(kind, event, replay), worker),
                            ProcessName.of("gateway"),
                            SLOTS,
                            intervals.shareGroup(kind.name()),
                            intervals.claimTiming(),
                            intervals.runTiming(),
                            meters)));
        }
        return services;
    }

    /** Of its worker kind. */
    public String name() {
        return kind.name();
    }

    /** What keeps it from taking work, for people; empty when nothing does. */
    public String missing() {
        return service.missing();
    }

    /** Takes nothing more, and lets what runs finish within the drain time. */
    public void stop(Duration drain) throws InterruptedException {
        service.stop(drain);
    }

    private static List<WorkerKind> kinds(FleetConfig config) {
        List<WorkerKind> kinds = new ArrayList<>();
        if (hasToken(config, forge -> true)) {
            kinds.add(WorkerKind.PIN);
        }
        if (hasToken(config, forge -> CodeScans.areTakenBy(forge.kind()))) {
            kinds.add(WorkerKind.REPORT);
        }
        return kinds;
    }

    private static boolean hasToken(FleetConfig config, Predicate<ForgeConfig> forges) {
        return config.forges().stream().filter(forges).anyMatch(forge -> forge.token() != null);
    }

    /** Only a branch can be pinned in; findings are of branches and of pull requests. */
    private static Optional<RunSubject> subject(WorkerKind kind, ForgeEvent event, boolean replay) {
        boolean ofPulls = kind.equals(WorkerKind.REPORT);
        return switch (event) {
            case PushEvent push -> subject(kind, event, push.after(), push.ref().value(), null, replay);
            case PullRequestEvent pull ->
                ofPulls ? subject(kind, event, pull.head(), null, pull.number(), replay) : Optional.empty();
            case CommentEvent comment ->
                ofPulls ? subject(kind, event, comment.head(), null, comment.number(), replay) : Optional.empty();
            case TagEvent tag -> Optional.empty();
        };
    }

    private static Optional<RunSubject> subject(
            WorkerKind kind,
            ForgeEvent event,
            @Nullable CommitId commit,
            @Nullable String ref,
            @Nullable Long pullRequest,
            boolean replay) {
        return commit == null
                ? Optional.empty()
                : Optional.of(
                        new RunSubject(kind, event.id(), event.repository(), "", commit, ref, pullRequest, replay));
    }
}
