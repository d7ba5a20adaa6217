package io.forgefleet.gateway.replay;

import io.forgefleet.events.ForgeEvent;
import io.forgefleet.events.job.Job;
import io.forgefleet.events.job.RunId;
import io.forgefleet.events.job.WorkerKind;
import io.forgefleet.events.run.RunState;
import io.forgefleet.events.wire.Json;
import io.forgefleet.gateway.replay.ReplayException.Kind;
import io.forgefleet.gateway.replay.ReplayRequest.ByCommit;
import io.forgefleet.gateway.replay.ReplayRequest.ByEvent;
import io.forgefleet.gateway.replay.ReplayRequest.ByPullRequest;
import io.forgefleet.gateway.replay.ReplayRequest.ByRepository;
import io.forgefleet.gateway.replay.ReplayRequest.Since;
import io.forgefleet.runtime.topic.RecordPublisher;
import io.forgefleet.runtime.topic.Topic;
import io.forgefleet.work.release.ReleaseTargets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Asks for work that was done before. Thread-safe; blocks while it reads and writes Kafka. */
public final class Replays {

    /** What makes all images of an event, as the build workers call it: part of the run's id. */
    private static final String TARGET = "images";

    /** The same of all template databases. */
    private static final String TEMPLATES = "template-db";

    private static final int MOST = 500;
    private static final Duration CATCH_UP = Duration.ofSeconds(5);

    /**
     * One event and the job for it.
     *
     * @param job null when it was only asked what would be done
     */
    public record Replayed(IndexedEvent event, @Nullable Job job) {}

    private final EventIndex index;
    private final RecordPublisher publisher;

    public Replays(EventIndex index, RecordPublisher publisher) {
        this.index = index;
        this.publisher = publisher;
    }

    /**
     * Publishes a job for each event that the request names, the oldest first, and returns when all are durable.
     *
     * @throws ReplayException when nothing matches, or Kafka is away; jobs published before stay published
     */
    public List<Replayed> replay(ReplayRequest request) throws ReplayException, InterruptedException {
        catchUp();
        List<IndexedEvent> events = select(request).reversed();
        if (request.dryRun()) {
            return events.stream().map(event -> new Replayed(event, null)).toList();
        }
        List<ForgeEvent> bodies = load(events);
        List<Replayed> replayed = new ArrayList<>();
        for (int i = 0; i < events.size(); i++) {
            replayed.add(new Replayed(events.get(i), publish(job(bodies.get(i), request), replayed.size())));
        }
        return replayed;
    }

    /**
     * Has a release go on, or end where nothing of it is public: by a run of its own, which finds how far it is.
     *
     * @param target {@link ReleaseTargets#RELEASE} or {@link ReleaseTargets#ABORT}
     */
    public Job release(RunState run, String target) throws ReplayException, InterruptedException {
        String what = run.subject().target();
        if (!run.subject().kind().equals(WorkerKind.RELEASE) || what.equals(ReleaseTargets.SIGN)) {
            throw new ReplayException(
                    Kind.INVALID, "run " + run.run() + " is no release", "fleet runs shows which ones are");
        }
        catchUp();
        IndexedEvent event = index.find(run.subject().event())
                .orElseThrow(() -> new ReplayException(
                        Kind.NOTHING, "the event of run " + run.run() + " is not known any more", "push the tag anew"));
        String id = UUID.randomUUID().toString();
        return publish(
                new Job(
                        id,
                        WorkerKind.RELEASE,
                        load(List.of(event)).getFirst(),
                        Job.Cause.REPLAY,
                        false,
                        RunId.derive(event.id().value(), WorkerKind.RELEASE.name(), target, id),
                        Instant.now(),
                        target,
                        List.of(),
                        List.of()),
                0);
    }

    private void catchUp() throws ReplayException, InterruptedException {
        try {
            index.catchUp(CATCH_UP);
        } catch (TimeoutException e) {
            throw unavailable("the events cannot be read now: " + e.getMessage());
        }
    }

    private List<IndexedEvent> select(ReplayRequest request) throws ReplayException {
        String forge = request.forge();
        Predicate<IndexedEvent> there =
                event -> forge == null || event.repository().forge().equals(forge);
        return switch (request.selection()) {
            case ByEvent by ->
                List.of(buildable(
                        newest(index.find(there.and(event -> event.id().equals(by.event()))), "event " + by.event())));
            case ByPullRequest by ->
                List.of(newest(
                        sameRepository(index.find(there.and(event -> event.buildable()
                                && Long.valueOf(by.number()).equals(event.pullRequest())
                                && event.repository().path().equalsIgnoreCase(by.path())))),
                        "event of pull request " + by.path() + "#" + by.number() + " that may need an image"));
            case ByCommit by ->
                List.of(newest(
                        sameCommit(index.find(there.and(event -> event.buildable()
                                && event.commit() != null
                                && event.commit().value().startsWith(by.digits())))),
                        "push or pull request of commit " + by.digits()));
            case ByRepository by -> List.of(newest(sameRepository(pushes(there, by)), "push to " + named(by)));
            case Since by -> {
                Instant from = Instant.now().minus(by.window());
                List<IndexedEvent> found = index.find(
                        there.and(event -> event.buildable() && !event.at().isBefore(from)));
                newest(found, "event since " + from + " that asks for work");
                if (found.size() > MOST) {
                    throw new ReplayException(
                            Kind.INVALID,
                            found.size() + " events match, and " + MOST + " are replayed at once at most",
                            "take a shorter time, or name the forge");
                }
                yield found;
            }
        };
    }

    private List<IndexedEvent> pushes(Predicate<IndexedEvent> there, ByRepository by) {
        List<String> branches = by.branch() == null ? List.of("main", "master") : List.of(by.branch());
        return branches.stream()
                .map(branch -> index.find(there.and(event -> event.buildable()
                        && event.subject().equals("refs/heads/" + branch)
                        && event.repository().path().equalsIgnoreCase(by.path()))))
                .filter(found -> !found.isEmpty())
                .findFirst()
                .orElse(List.of());
    }

    private static String named(ByRepository by) {
        return (by.branch() == null ? "main or master" : by.branch()) + " of " + by.path();
    }

    private static IndexedEvent newest(List<IndexedEvent> found, String what) throws ReplayException {
        if (found.isEmpty()) {
            throw new ReplayException(
                    Kind.NOTHING,
                    "no " + what + " is known",
                    "check the name; events are kept for 30 days, and the newest 100,000 are found");
        }
        return found.getFirst();
    }

    private static IndexedEvent buildable(IndexedEvent event) throws ReplayException {
        if (!event.buildable()) {
            throw new ReplayException(
                    Kind.INVALID,
                    "event " + event.id() + " (" + event.kind() + " " + event.action() + " of " + event.subject()
                            + ") asks for no image",
                    "name a push, or a pull request that was opened or got new commits");
        }
        return event;
    }

    private static List<IndexedEvent> sameRepository(List<IndexedEvent> found) throws ReplayException {
        List<String> names = found.stream()
                .map(event -> event.repository().forge())
                .distinct()
                .sorted()
                .toList();
        if (names.size() > 1) {
            throw new ReplayException(
                    Kind.INVALID, "it is on several forges: " + String.join(", ", names), "name one by 'forge'");
        }
        return found;
    }

    private static List<IndexedEvent> sameCommit(List<IndexedEvent> found) throws ReplayException {
        long commits = found.stream().map(IndexedEvent::commit).distinct().count();
        if (commits > 1) {
            throw new ReplayException(Kind.INVALID, commits + " commits begin like this", "give more digits");
        }
        return found;
    }

    private List<ForgeEvent> load(List<IndexedEvent> events) throws ReplayException {
        try {
            return index.load(events);
        } catch (TimeoutException e) {
            throw unavailable(String.valueOf(e.getMessage()));
        }
    }

    private static Job job(ForgeEvent event, ReplayRequest request) {
        String id = UUID.randomUUID().toString();
        String part = target(request);
        boolean templates = request.worker().equals(WorkerKind.TEMPLATE);
        String target = !part.isEmpty() ? part : templates ? TEMPLATES : TARGET;
        RunId run = RunId.derive(event.id().value(), request.worker().name(), target, id);
        return new Job(
                id,
                request.worker(),
                event,
                Job.Cause.REPLAY,
                request.rebuild(),
                run,
                Instant.now(),
                part,
                List.of(),
                List.of());
    }

    /** What is asked for of an event in place of all, as the build workers call it; empty for all. */
    private static String target(ReplayRequest request) {
        if (request.template() != null) {
            return TEMPLATES + "/" + request.template();
        }
        return request.ciImage() == null ? "" : "ci-images/" + request.ciImage();
    }

    private Job publish(Job job, int before) throws ReplayException, InterruptedException {
        String repository = job.event().repository().toString();
        try {
            publisher
                    .publish(Topic.JOBS, repository, repository, Json.write(job))
                    .get();
            return job;
        } catch (ExecutionException e) {
            throw unavailable("Kafka did not take the job (" + before + " were taken before): " + e.getCause());
        }
    }

    private static ReplayException unavailable(String message) {
        return new ReplayException(Kind.UNAVAILABLE, message, "try again when Kafka is back");
    }
}
