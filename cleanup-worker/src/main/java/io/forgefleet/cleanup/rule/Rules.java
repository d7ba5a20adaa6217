package io.forgefleet.cleanup.rule;

import io.forgefleet.cleanup.rule.RefState.Ended;
import io.forgefleet.cleanup.rule.RefState.Lasting;
import io.forgefleet.cleanup.rule.RefState.Live;
import io.forgefleet.cleanup.rule.RefState.Unclear;
import io.forgefleet.cleanup.rule.Verdict.Attached;
import io.forgefleet.cleanup.rule.Verdict.Expired;
import io.forgefleet.cleanup.rule.Verdict.Kept;
import io.forgefleet.events.image.Digest;
import io.forgefleet.events.image.TrustClass;
import io.forgefleet.events.job.RunId;
import io.forgefleet.events.ledger.LedgerEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The rules. Whatever they do not know, they keep. */
public final class Rules {

    /** How tags begin that keep what is in the trash. */
    public static final String TRASH = "trash-";

    private static final String CI_IMAGE = "deps-";
    private static final String CACHE_OF_CONTENT = "-key-";

    private final Retention retention;
    private final Map<Where, RefState> truth;
    private final Predicate<RunId> inHand;
    private final Predicate<Digest> pinned;
    private final Instant now;

    /** With nothing that any branch names by its digest. */
    public Rules(Retention retention, Map<Where, RefState> truth, Predicate<RunId> inHand, Instant now) {
        this(retention, truth, inHand, digest -> false, now);
    }

    /**
     * @param pinned whether the head of any branch names a digest
     * @param truth what is on the forge; what is not in it counts as unclear
     * @param inHand whether a run has not come to its end
     * @param now by the clock that the entries were stamped by
     */
    public Rules(
            Retention retention,
            Map<Where, RefState> truth,
            Predicate<RunId> inHand,
            Predicate<Digest> pinned,
            Instant now) {
        this.pinned = pinned;
        this.retention = retention;
        this.truth = Map.copyOf(truth);
        this.inHand = inHand;
        this.now = now;
    }

    /** Whether it is an image that workflows run in: its tag is made of its inputs. */
    public static boolean isCiImage(LedgerEntry entry) {
        return entry.kind() == LedgerEntry.Kind.IMAGE
                && entry.tags().stream().anyMatch(tag -> tag.startsWith(CI_IMAGE));
    }

    /** What follows each other: images, CI images, template databases of one pull request or branch. */
    private record Line(Where where, LedgerEntry.Kind kind, boolean ciImage) {

        static Optional<Line> of(LedgerEntry entry) {
            return Where.of(entry).map(where -> new Line(where, entry.kind(), isCiImage(entry)));
        }
    }

    private static List<Entered> line(Entered entered, Map<Line, List<Entered>> images) {
        return Line.of(entered.entry())
                .map(line -> images.getOrDefault(line, List.of()))
                .orElse(List.of());
    }

    /** Verdicts by the entries' keys, of all that the ledger has of one image. */
    public Map<String, Verdict> judge(Collection<Entered> entries) {
        Map<Line, List<Entered>> images = new HashMap<>();
        Map<String, Entered> newestOfTag = new HashMap<>();
        for (Entered each : entries) {
            LedgerEntry entry = each.entry();
            boolean named = entry.kind() == LedgerEntry.Kind.IMAGE || entry.kind() == LedgerEntry.Kind.TEMPLATE;
            if (named && !entry.tags().isEmpty()) {
                Line.of(entry).ifPresent(line -> images.computeIfAbsent(line, l -> new ArrayList<>())
                        .add(each));
            }
            if (entry.kind() == LedgerEntry.Kind.CACHE) {
                entry.tags().forEach(tag -> newestOfTag.merge(tag, each, Rules::later));
            }
        }
        images.values().forEach(list -> list.sort(Comparator.comparing(Entered::at)));
        Map<String, Verdict> verdicts = new HashMap<>();
        for (Entered each : entries) {
            verdicts.put(each.entry().key(), judge(each, images, newestOfTag));
        }
        return verdicts;
    }

    private static Entered later(Entered one, Entered other) {
        return other.at().isAfter(one.at()) ? other : one;
    }

    private Verdict judge(Entered entered, Map<Line, List<Entered>> images, Map<String, Entered> newestOfTag) {
        LedgerEntry entry = entered.entry();
        if (inHand.test(entry.run())) {
            return new Kept("run " + entry.run() + " is not over");
        }
        if (entry.kind() == LedgerEntry.Kind.REPORT) {
            return new Attached("goes with what it is about");
        }
        Instant grown = entered.at().plus(retention.grace());
        if (grown.isAfter(now)) {
            return new Kept("younger than " + words(retention.grace()), grown);
        }
        return switch (entry.kind()) {
            case IMAGE -> image(entered, images);
            case CACHE -> cache(entered, newestOfTag);
            case TEMPLATE -> byContent(entered, images, "template database");
            case TRASH ->
                entry.tags().stream().anyMatch(tag -> tag.startsWith(TRASH))
                        ? due("in the trash as " + entry.tags().getFirst(), entered.at(), retention.undo())
                        : new Kept("somebody took it back from the trash");
            case RELEASE, REPORT -> new Kept("a " + entry.kind() + ", for which there is no rule");
        };
    }

    private Verdict image(Entered entered, Map<Line, List<Entered>> images) {
        LedgerEntry entry = entered.entry();
        if (isCiImage(entry)) {
            return pinned.test(entry.digest())
                    ? new Kept("a CI image that the head of a branch names")
                    : byContent(entered, images, "CI image");
        }
        if (entry.trust() == TrustClass.PROTECTED) {
            return new Kept("of a protected branch or a release");
        }
        if (entry.tags().isEmpty()) {
            return new Expired("pushed for run " + entry.run() + ", which ended without a tag for it", entered.at());
        }
        Optional<Where> where = Where.of(entry);
        return where.isEmpty()
                ? new Kept("entered before the ledger told branches")
                : image(entered, where.get(), line(entered, images));
    }

    /** @param all images of the same pull request or branch, in their order */
    private Verdict image(Entered entered, Where where, List<Entered> all) {
        boolean pullRequest = where.pullRequest() != null;
        Duration keep = pullRequest ? retention.pullRequests() : retention.branches();
        Instant superseded = superseded(entered, all);
        return switch (state(where)) {
            case Unclear unclear -> new Kept(unclear.why());
            case Lasting lasting -> new Kept(where + " is protected");
            case Live live -> {
                if (!pullRequest || retention.keepLatest()) {
                    if (live.head().equals(entered.entry().commit())) {
                        yield new Kept("image of the head of " + where);
                    }
                    if (superseded == null) {
                        yield new Kept("newest image of " + where);
                    }
                }
                yield superseded == null
                        ? due("pushed for " + where, entered.at(), keep)
                        : due("superseded in " + where, superseded, keep);
            }
            case Ended ended -> {
                Instant since = latest(ended.since(), entered.at());
                yield superseded != null && superseded.isBefore(since)
                        ? due("superseded in " + where, superseded, keep)
                        : due(where + " " + ended.how(), since, keep);
            }
        };
    }

    /**
     * Of what is named by its content: every run that makes or reuses it enters it for its own branch or pull request, so one that
     * needs it has it as its newest entry, on whatever branch it was made. A protected branch is one of them.
     */
    private Verdict byContent(Entered entered, Map<Line, List<Entered>> all, String what) {
        Optional<Where> found = Where.of(entered.entry());
        if (found.isEmpty()) {
            return new Kept("entered before the ledger told branches");
        }
        Where where = found.get();
        Duration keep = where.pullRequest() != null ? retention.pullRequests() : retention.branches();
        Instant superseded = superseded(entered, line(entered, all));
        RefState state = state(where);
        if (state instanceof Unclear unclear) {
            return new Kept(unclear.why());
        }
        if (superseded != null) {
            return due("a " + what + " of " + where + " before it changed", superseded, keep);
        }
        if (state instanceof Ended ended) {
            return due(
                    "a " + what + " of " + where + ", which is " + ended.how(),
                    latest(ended.since(), entered.at()),
                    keep);
        }
        return new Kept("the " + what + " of " + where);
    }

    private Verdict cache(Entered entered, Map<String, Entered> newestOfTag) {
        LedgerEntry entry = entered.entry();
        Entered newest = entry.tags().stream()
                .map(tag -> newestOfTag.getOrDefault(tag, entered))
                .reduce(entered, Rules::later);
        if (!newest.entry().digest().equals(entry.digest())) {
            return due("a cache whose tag moved on", newest.at(), retention.grace());
        }
        if (entry.trust() == TrustClass.PROTECTED) {
            return new Kept("cache of protected branches");
        }
        if (entry.tags().stream().anyMatch(tag -> tag.contains(CACHE_OF_CONTENT))) {
            return due("a cache of a content", entered.at(), retention.branches());
        }
        Optional<Where> where = Where.of(entry);
        if (where.isEmpty()) {
            return new Kept("entered before the ledger told branches");
        }
        Duration keep = where.get().pullRequest() != null ? retention.pullRequests() : retention.branches();
        return switch (state(where.get())) {
            case Unclear unclear -> new Kept(unclear.why());
            case Lasting lasting -> new Kept(where.get() + " is protected");
            case Live live -> new Kept("cache of " + where.get());
            case Ended ended ->
                due("cache of " + where.get() + ", which is " + ended.how(), latest(ended.since(), entered.at()), keep);
        };
    }

    private RefState state(Where where) {
        return truth.getOrDefault(where, new Unclear("what " + where + " is, the forge does not say"));
    }

    /** When another commit's image came after it; null for the newest commit's. */
    private static @Nullable Instant superseded(Entered entered, List<Entered> all) {
        if (all.isEmpty()
                || all.getLast().entry().commit().equals(entered.entry().commit())) {
            return null;
        }
        return all.stream()
                .filter(other -> !other.entry().commit().equals(entered.entry().commit()))
                .map(Entered::at)
                .filter(at -> at.isAfter(entered.at()))
                .findFirst()
                .orElse(null);
    }

    private Verdict due(String reason, Instant since, Duration keep) {
        Instant end = since.plus(keep);
        return end.isAfter(now) ? new Kept(reason + ", kept for " + words(keep), end) : new Expired(reason, since);
    }

    private static Instant latest(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }

    private static String words(Duration time) {
        return time.toString().substring(2).toLowerCase(java.util.Locale.ROOT);
    }
}
