package io.forgefleet.host.forge.repository;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;

/** The newest 10,000 commit statuses of a repository. */
public final class Statuses {

    private static final int MAX = 10_000;

    private final String repository;
    private final Deque<CommitStatus> all = new ArrayDeque<>();
    private long lastId;

    Statuses(String repository) {
        this.repository = repository;
    }

    /**
     * Adds a status.
     *
     * @param state word of the API
     * @param context {@code default} when empty
     * @throws RefusedException with 422 for a state that does not exist
     */
    public synchronized CommitStatus post(
            String sha, String state, String context, String description, String targetUrl, Account creator) {
        CommitStatus.State known = CommitStatus.State.of(state)
                .orElseThrow(() -> new RefusedException(
                        422, "state must be pending, success, error, failure or warning, got: " + state));
        CommitStatus status = new CommitStatus(
                ++lastId,
                repository,
                sha,
                known,
                context.isEmpty() ? "default" : context,
                description,
                targetUrl,
                creator,
                Instant.now());
        if (all.size() == MAX) {
            all.removeFirst();
        }
        all.addLast(status);
        return status;
    }

    /** Statuses of a commit, newest first. */
    public synchronized List<CommitStatus> of(String sha) {
        return all.stream()
                .filter(status -> status.sha().equals(sha))
                .sorted(Comparator.comparingLong(CommitStatus::id).reversed())
                .toList();
    }
}
