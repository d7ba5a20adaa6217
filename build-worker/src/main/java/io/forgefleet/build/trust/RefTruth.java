package io.forgefleet.build.trust;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.forge.PullRequestState;
import io.forgefleet.events.CommentEvent;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.RefName;
import io.forgefleet.events.RepositoryId;
import io.forgefleet.events.image.TrustClass;
import io.forgefleet.events.run.Outcome.Reason;
import io.forgefleet.events.run.RunSubject;
import io.forgefleet.runtime.worker.Run;
import io.forgefleet.work.image.Source;
import io.forgefleet.work.place.RunEndedException;
import io.forgefleet.work.place.SideTask;
import io.forgefleet.work.place.Workplace;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What the forge says about refs: events come late, twice and reversed, so it is asked before a run starts and again
 * before it tags. Thread-safe.
 */
public final class RefTruth {

    /** A default branch changes about never; until it is seen, its successor is trusted less and tagged as a branch. */
    private static final Duration DEFAULT_BRANCH_KEPT = Duration.ofMinutes(1);

    private record Known(RefName branch, long since) {}

    private final Map<RepositoryId, Known> defaultBranches = new ConcurrentHashMap<>();

    /**
     * What a run's source was found to be.
     *
     * @param pullRequest as the forge has it now; empty for pushes, and where the forge does not say
     */
    public record Found(Source source, Source.Branch defaultBranch, Optional<PullRequestState> pullRequest) {}

    /**
     * Fetches the commit and learns what its ref is now.
     *
     * @throws RunEndedException when the commit is no longer the head, its ref is gone, or its pull request is closed
     */
    public Found learn(Workplace place, Run run, CommitId commit)
            throws RunEndedException, IOException, ClientException, InterruptedException {
        SideTask<Optional<RefName>> branch = new SideTask<>(() -> defaultBranch(place));
        SideTask<Optional<PullRequestState>> state = new SideTask<>(() -> state(place, run.subject()));
        try {
            String ref = run.subject().headRef(place.forge().kind());
            Optional<CommitId> head = fetch(place, run, ref, commit);
            Optional<PullRequestState> now = state.await();
            requireOpen(run.subject(), now);
            Optional<RefName> byDefault = branch.await();
            if (run.event() instanceof CommentEvent && now.isEmpty()) {
                throw new RunEndedException(
                        Reason.SKIPPED, "not built: the forge does not say what this pull request is");
            }
            Source source = Source.of(run.event(), place.rule(), byDefault, now);
            // a run of a protected branch that has begun goes on to its end
            boolean begun = run.attempt() > 1 && source.trust() == TrustClass.PROTECTED;
            if (!run.subject().replay() && !begun) {
                requireHead(ref, head, commit);
            }
            Source.Branch base =
                    switch (source) {
                        case Source.PullRequest request -> request.base();
                        case Source.Branch pushed -> pushed;
                        case Source.Tag tag ->
                            throw new RunEndedException(Reason.SKIPPED, "a tag has no images but those of its release");
                    };
            return new Found(
                    source,
                    byDefault
                            .map(name -> Source.branch(name, place.rule(), byDefault))
                            .orElse(base),
                    now);
        } finally {
            branch.end();
            state.end();
        }
    }

    /**
     * Asks once more, right before the side effects.
     *
     * @throws RunEndedException as {@link #learn}
     */
    public static void confirm(Workplace place, RunSubject run, CommitId commit)
            throws RunEndedException, IOException, ClientException, InterruptedException {
        if (run.replay()) {
            return;
        }
        SideTask<Optional<PullRequestState>> state = new SideTask<>(() -> state(place, run));
        try {
            String ref = run.headRef(place.forge().kind());
            Optional<CommitId> head = place.mirror().head(ref);
            // that it is closed says more than that its head is gone
            requireOpen(run, state.await());
            requireHead(ref, head, commit);
        } finally {
            state.end();
        }
    }

    private static Optional<PullRequestState> state(Workplace place, RunSubject run) throws InterruptedException {
        Long number = run.pullRequest();
        return number == null ? Optional.empty() : place.pullRequest(number);
    }

    private static void requireOpen(RunSubject run, Optional<PullRequestState> asked) throws RunEndedException {
        if (asked.isEmpty()) {
            return;
        }
        PullRequestState now = asked.get();
        if (now.state() != PullRequestState.State.OPEN && !run.replay()) {
            String how = now.state() == PullRequestState.State.MERGED ? "merged" : "closed";
            throw new RunEndedException(Reason.CLOSED, "#" + now.number() + " is " + how);
        }
    }

    private static Optional<CommitId> fetch(Workplace place, Run run, String ref, CommitId commit)
            throws RunEndedException, IOException, ClientException, InterruptedException {
        try {
            return place.mirror().fetch(ref, commit);
        } catch (ClientException e) {
            if (e.kind() != ClientException.Kind.NOT_FOUND || run.subject().replay()) {
                throw e;
            }
            // when the repository itself is not to be seen, this fails as well, and says so
            Optional<CommitId> head = place.mirror().head(ref);
            throw new RunEndedException(Reason.SUPERSEDED, superseded(ref, head));
        }
    }

    private static void requireHead(String ref, Optional<CommitId> head, CommitId commit) throws RunEndedException {
        if (!head.map(commit::equals).orElse(false)) {
            throw new RunEndedException(Reason.SUPERSEDED, superseded(ref, head));
        }
    }

    private static String superseded(String ref, Optional<CommitId> head) {
        String name = ref.replaceFirst("^refs/(heads/)?", "");
        return head.map(now -> name + " is at " + now.sha7() + " now").orElse(name + " is gone");
    }

    private Optional<RefName> defaultBranch(Workplace place) throws ClientException, InterruptedException {
        Known known = defaultBranches.get(place.repository());
        long now = System.nanoTime();
        if (known != null && now - known.since() < DEFAULT_BRANCH_KEPT.toNanos()) {
            return Optional.of(known.branch());
        }
        // that there is none yet is not kept: its first push makes it
        Optional<RefName> branch = place.mirror().defaultBranch().map(RefName::new);
        branch.ifPresent(name -> defaultBranches.put(place.repository(), new Known(name, now)));
        return branch;
    }
}
