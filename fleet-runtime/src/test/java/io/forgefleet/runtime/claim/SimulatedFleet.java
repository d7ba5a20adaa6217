package io.forgefleet.runtime.claim;

import io.forgefleet.runtime.claim.ClaimSession.Decision;
import io.forgefleet.runtime.claim.ClaimTable.Entry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Processes that contend for one key over a simulated log, in simulated time: every delay, pause, crash, lost
 * connection and lost acknowledgement comes from the seed. It checks at each step that at most one of them may act, and
 * that nobody acts after somebody with a later epoch did.
 */
final class SimulatedFleet {

    static final ClaimTiming TIMING =
            new ClaimTiming(Duration.ofSeconds(15), Duration.ofSeconds(5), Duration.ofSeconds(2));
    private static final String KEY = "run";
    private static final long MILLI = 1_000_000;
    private static final long SECOND = 1_000 * MILLI;

    private record Landed(ClaimRecord content, long at) {}

    private record Event(long at, long order, Runnable what) {}

    private final Random random;
    private final PriorityQueue<Event> events =
            new PriorityQueue<>(Comparator.comparingLong(Event::at).thenComparingLong(Event::order));
    private final List<Landed> log = new ArrayList<>();
    private final List<Member> members = new ArrayList<>();
    private long now;
    private long order;
    private long awayUntil;
    private boolean calm;
    private long highestActed = ClaimTable.NONE;
    int owners;
    int acts;
    int displacements;

    SimulatedFleet(long seed) {
        random = new Random(seed);
        int count = 2 + random.nextInt(3);
        for (int i = 0; i < count; i++) {
            Member member = new Member();
            members.add(member);
            after(random.nextLong(5 * SECOND), member::step);
        }
        after(random.nextLong(60 * SECOND), this::brokerGoesAway);
    }

    /** Lets things go wrong for a while, then lets one newcomer try in peace. */
    void run(Duration faulty) {
        play(now + faulty.toNanos());
        calm = true;
        awayUntil = now;
        members.forEach(member -> member.alive = false);
        Member newcomer = new Member();
        newcomer.job = new RecordRef("newcomer", 0, 0);
        members.add(newcomer);
        int before = owners;
        after(0, newcomer::step);
        play(now + 3 * TIMING.validity().toNanos());
        if (owners == before) {
            throw new AssertionError("nobody can own the key any more; its log: "
                    + log.subList(Math.max(0, log.size() - 3), log.size()));
        }
    }

    private void play(long until) {
        while (!events.isEmpty() && events.peek().at() <= until) {
            Event event = events.poll();
            now = event.at();
            event.what().run();
            checkOneMayAct();
        }
        now = until;
    }

    private void checkOneMayAct() {
        long able = members.stream()
                .filter(member -> member.alive && member.session != null && member.session.mayAct(member.clock()))
                .count();
        if (able > 1) {
            throw new AssertionError(able + " owners may act at once, at " + now / MILLI + " ms");
        }
    }

    private void after(long nanos, Runnable what) {
        events.add(new Event(now + nanos, order++, what));
    }

    private void brokerGoesAway() {
        if (!calm) {
            awayUntil = now + random.nextLong(40 * SECOND);
            after(random.nextLong(90 * SECOND), this::brokerGoesAway);
        }
    }

    private boolean chance(double probability) {
        return !calm && random.nextDouble() < probability;
    }

    private final class Member {
        private final long clockOffset = random.nextLong();
        private final double clockRate = 1 + (random.nextDouble() - 0.5) / 50;
        private RecordRef job = new RecordRef("jobs", 0, random.nextInt(2));
        private boolean alive = true;
        private ClaimTable table = new ClaimTable(0);
        private int position;
        private long seenAt;
        private @Nullable Long currentSince;
        private long lastCurrent = clock();
        private long disconnectedUntil;
        private long answerDue = clock();
        private long renewAt = clock();
        private long leaveAt;
        private boolean counted;

        @Nullable
        ClaimSession session;

        long clock() {
            return clockOffset + (long) (now * clockRate);
        }

        void step() {
            if (!alive) {
                return;
            }
            if (chance(0.0006)) {
                restart();
            }
            if (chance(0.0006)) {
                disconnectedUntil = now + random.nextLong(40 * SECOND);
            }
            read();
            contendOrWork();
            long pause = chance(0.001) ? random.nextLong(60 * SECOND) : random.nextLong(200 * MILLI);
            after(1 + pause, this::step);
        }

        private void restart() {
            session = null;
            table = new ClaimTable(0);
            position = 0;
            currentSince = null;
            answerDue = clock();
        }

        private boolean connected() {
            return now >= disconnectedUntil && now >= awayUntil;
        }

        private void read() {
            if (!connected()) {
                if (clock() - lastCurrent > 3 * SECOND) {
                    currentSince = null;
                }
                return;
            }
            int end = chance(0.1) ? position + random.nextInt(log.size() - position + 1) : log.size();
            for (; position < end; position++) {
                Landed landed = log.get(position);
                Entry valid = table.apply(KEY, position, landed.at() / MILLI, landed.content());
                if (valid != null) {
                    seenAt = clock();
                    if (session != null) {
                        boolean owned = session.isOwner();
                        session.observed(valid);
                        displacements += owned && session.isOver() ? 1 : 0;
                    }
                }
            }
            if (position == log.size()) {
                if (currentSince == null || clock() - lastCurrent > 3 * SECOND) {
                    currentSince = clock();
                }
                lastCurrent = clock();
            }
        }

        private void contendOrWork() {
            if (session == null || session.isOver()) {
                session = new ClaimSession("owner-" + order++, job, TIMING);
                counted = false;
                leaveAt = now + random.nextLong(120 * SECOND);
            } else if (session.isOwner()) {
                work(session);
                return;
            }
            if (clock() - answerDue < 0) {
                return;
            }
            switch (session.decide(clock(), table.newest(KEY), seenAt, currentSince)) {
                case Decision.Send send -> {
                    land(send.claim());
                    answerDue = clock() + random.nextLong(3 * SECOND);
                }
                case Decision.Wait wait -> {}
                case Decision.Elsewhere elsewhere -> session = null;
            }
        }

        private void work(ClaimSession session) {
            if (!counted) {
                counted = true;
                owners++;
            }
            if (session.mayAct(clock())) {
                if (session.epoch() < highestActed) {
                    throw new AssertionError(
                            "epoch " + session.epoch() + " acted after epoch " + highestActed + ", at " + now / MILLI);
                }
                highestActed = session.epoch();
                acts++;
            }
            if (now >= leaveAt) {
                ClaimRecord release = session.release(clock(), table.newest(KEY));
                if (release != null) {
                    land(release);
                }
            } else if (clock() - renewAt >= 0) {
                renewAt = clock() + TIMING.renewal().toNanos();
                ClaimRecord renewal = session.renewal(clock(), table.newest(KEY));
                if (renewal != null) {
                    land(renewal);
                }
            }
        }

        /** The record is on its way: it lands soon, late, or never, whatever becomes of its writer. */
        private void land(ClaimRecord content) {
            if (chance(0.1)) {
                return;
            }
            long delay = chance(0.05) ? random.nextLong(20 * SECOND) : random.nextLong(100 * MILLI);
            after(
                    delay + Math.max(0, Math.max(awayUntil, disconnectedUntil) - now),
                    () -> log.add(new Landed(content, now)));
        }
    }
}
