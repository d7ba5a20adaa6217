package io.forgefleet.cleanup.rule;

import io.forgefleet.events.CommitId;
import io.forgefleet.events.RepositoryId;
import io.forgefleet.events.image.Digest;
import io.forgefleet.events.image.TrustClass;
import io.forgefleet.events.job.RunId;
import io.forgefleet.events.ledger.LedgerEntry;
import io.forgefleet.events.ledger.LedgerEntry.Kind;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Entries of the ledger for tests. */
public final class Entries {

    public static final Instant NOW = Instant.parse("2026-11-29T12:00:00Z");
    public static final RepositoryId REPOSITORY = new RepositoryId("codeberg", "team/a.b+c".replace("+", "-"));
    public static final String IMAGE = "registry.example/team/app";

    private Entries() {}

    public static Digest digest(String name) {
        return Digest.of(name.getBytes(StandardCharsets.UTF_8));
    }

    public static CommitId commit(String name) {
        return new CommitId(digest(name).value().substring(7, 47));
    }

    public static RunId run(String name) {
        return new RunId(digest(name).value().substring(7, 31));
    }

    /** An image of a pull request, of a commit of its own name. */
    public static Entered ofPullRequest(long number, String name, Duration ago, String... tags) {
        return entry(Kind.IMAGE, digest(name), name, number, null, TrustClass.BRANCH, ago, tags);
    }

    public static Entered ofBranch(String branch, String name, Duration ago, String... tags) {
        return entry(Kind.IMAGE, digest(name), name, null, "refs/heads/" + branch, TrustClass.BRANCH, ago, tags);
    }

    public static Entered entry(
            Kind kind,
            Digest digest,
            String name,
            @Nullable Long pullRequest,
            @Nullable String ref,
            TrustClass trust,
            Duration ago,
            String... tags) {
        // the worker's clock is a day off, and must not matter
        LedgerEntry entry = new LedgerEntry(
                digest,
                run(name),
                kind,
                IMAGE,
                List.of(tags),
                REPOSITORY,
                commit(name),
                pullRequest,
                trust,
                NOW.minus(ago).plus(Duration.ofDays(name.hashCode() % 2 == 0 ? 1 : -1)),
                ref);
        return new Entered(entry, NOW.minus(ago));
    }
}
