package io.forgefleet.cleanup.sweep;

import io.forgefleet.events.RepositoryId;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Repositories of which nothing was due when they were looked at, and nothing was heard since: neither forge nor registry need to be
 * asked again for a while. An end that no event told of is seen when that is over. Thread-safe.
 */
final class AtRest {

    /** Sweeps after which a repository is looked at in any case. */
    private static final int SWEEPS = 6;

    /**
     * How far ledger and events were read.
     *
     * @param ledger changes of the repository's entries
     * @param events of the repository
     */
    record Heard(long ledger, long events) {}

    private record Look(Heard heard, Instant until) {}

    private final Duration longest;
    private final Map<RepositoryId, Look> looks = new ConcurrentHashMap<>();

    AtRest(Duration sweep) {
        this.longest = sweep.multipliedBy(SWEEPS);
    }

    boolean still(RepositoryId repository, Heard heard, Instant now) {
        Look look = looks.get(repository);
        return look != null && look.heard().equals(heard) && now.isBefore(look.until());
    }

    /** @param until when something is over by itself, at the latest */
    void begin(RepositoryId repository, Heard heard, Instant now, Instant until) {
        Instant end = now.plus(longest);
        looks.put(repository, new Look(heard, until.isBefore(end) ? until : end));
    }

    void end(RepositoryId repository) {
        looks.remove(repository);
    }
}
