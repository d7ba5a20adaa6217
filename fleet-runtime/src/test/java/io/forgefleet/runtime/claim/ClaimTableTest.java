package io.forgefleet.runtime.claim;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ClaimTableTest {

    private static final String KEY = "tag/one";
    private static final RecordRef JOB = new RecordRef("jobs", 0, 0);
    private static final long DAY = Duration.ofDays(1).toMillis();

    private record Landed(long offset, long at, ClaimRecord content) {}

    @Test
    void takesTheFirstOfTwoThatNameTheSamePredecessor() {
        ClaimTable table = new ClaimTable(0);
        assertThat(table.apply(KEY, 0, 0, claim(ClaimTable.NONE, "a"))).isNotNull();
        assertThat(table.apply(KEY, 1, 1, claim(ClaimTable.NONE, "b"))).isNull();
        assertThat(table.apply(KEY, 2, 2, renewal(0, 0, "a"))).isNotNull();
        assertThat(table.apply(KEY, 3, 3, claim(0, "c"))).isNull();
        assertThat(table.apply(KEY, 4, 4, claim(2, "c"))).isNotNull();
        assertThat(table.apply(KEY, 5, 5, renewal(2, 0, "a"))).isNull();
        assertThat(table.apply(KEY, 6, 6, renewal(4, 0, "a"))).isNull();
    }

    @Test
    void renewsNothingThatWasReleasedOrBelongsToAnother() {
        ClaimTable table = new ClaimTable(0);
        table.apply(KEY, 0, 0, claim(ClaimTable.NONE, "a"));
        assertThat(table.apply(KEY, 1, 1, renewal(0, 0, "b"))).isNull();
        assertThat(table.apply(KEY, 2, 2, new ClaimRecord(ClaimRecord.Type.RELEASE, 0, 0, "a", 1, JOB)))
                .isNotNull();
        assertThat(table.apply(KEY, 3, 3, renewal(2, 0, "a"))).isNull();
    }

    @Test
    void isNotBoundByWhatIsTwelveHoursOlder() {
        ClaimTable table = new ClaimTable(0);
        long later = Duration.ofHours(12).toMillis() + 1;
        table.apply(KEY, 0, 0, claim(ClaimTable.NONE, "a"));
        assertThat(table.apply(KEY, 1, later - 1, claim(ClaimTable.NONE, "b"))).isNull();
        assertThat(table.apply(KEY, 2, later, claim(ClaimTable.NONE, "c"))).isNotNull();
    }

    @Test
    void comesToTheSameTableWhereTheLogsHeadIsGone() {
        for (long seed = 0; seed < 2_000; seed++) {
            List<Landed> log = randomLog(new Random(seed));
            int start = new Random(seed + 1).nextInt(log.size());
            long truncatedAt = log.get(start).at();
            ClaimTable whole = new ClaimTable(0);
            ClaimTable late = new ClaimTable(start);
            for (Landed each : log) {
                var inWhole = whole.apply(KEY, each.offset(), each.at(), each.content());
                if (each.offset() >= start) {
                    var inLate = late.apply(KEY, each.offset(), each.at(), each.content());
                    // The log is kept for a day, so whoever reads it now stands a day behind its start.
                    if (each.at() - truncatedAt >= DAY) {
                        assertThat(inLate == null)
                                .as("seed %d, offset %d", seed, each.offset())
                                .isEqualTo(inWhole == null);
                    }
                }
            }
        }
    }

    /** Two days of claims, renewals and releases, among them many that name what was newest a while ago. */
    private static List<Landed> randomLog(Random random) {
        List<Landed> log = new ArrayList<>();
        List<ClaimTable.Entry> valid = new ArrayList<>();
        ClaimTable table = new ClaimTable(0);
        long at = 0;
        while (at < 2 * DAY) {
            at += random.nextInt(20) == 0 ? random.nextLong(DAY / 2) : random.nextLong(DAY / 48);
            ClaimTable.Entry known = valid.isEmpty() ? null : valid.getLast();
            if (known != null && random.nextInt(3) == 0) {
                known = valid.get(Math.max(0, valid.size() - 1 - random.nextInt(4)));
            }
            ClaimRecord content = content(random, known, "o" + log.size());
            ClaimTable.Entry entry = table.apply(KEY, log.size(), at, content);
            if (entry != null) {
                valid.add(entry);
            }
            log.add(new Landed(log.size(), at, content));
        }
        return log;
    }

    private static ClaimRecord content(Random random, ClaimTable.@Nullable Entry known, String stranger) {
        int kind = random.nextInt(4);
        if (known == null || kind == 0 || known.isFree()) {
            return claim(known == null ? ClaimTable.NONE : known.offset(), stranger);
        }
        String owner = known.content().owner();
        return kind == 1
                ? new ClaimRecord(ClaimRecord.Type.RELEASE, known.offset(), known.epoch(), owner, 1, JOB)
                : renewal(known.offset(), known.epoch(), owner);
    }

    private static ClaimRecord claim(long previous, String owner) {
        return new ClaimRecord(ClaimRecord.Type.CLAIM, previous, ClaimTable.NONE, owner, 0, JOB);
    }

    private static ClaimRecord renewal(long previous, long epoch, String owner) {
        return new ClaimRecord(ClaimRecord.Type.RENEWAL, previous, epoch, owner, 1, JOB);
    }
}
