package io.forgefleet.cleanup.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.forgefleet.cleanup.sweep.Outcome;
import io.forgefleet.events.RepositoryId;
import io.forgefleet.events.image.Digest;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CleanupsTest {

    private static final long WITHIN = 10;

    private static List<RepositoryId> repositories(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> new RepositoryId("local", "team/app-" + i))
                .toList();
    }

    private static Outcome outcome(RepositoryId repository) {
        return new Outcome(repository, "", List.of());
    }

    @Test
    void tellsInTheOrderOfTheRepositoriesWhoeverEndsFirst() throws Exception {
        List<RepositoryId> all = repositories(10);
        CountDownLatch others = new CountDownLatch(Cleanups.AT_ONCE - 1);
        try (Cleanups cleanups = new Cleanups(all, repository -> 1, repository -> {
            if (repository.equals(all.getFirst())) {
                assertThat(others.await(WITHIN, TimeUnit.SECONDS)).isTrue();
            } else {
                others.countDown();
            }
            return outcome(repository);
        })) {
            for (RepositoryId repository : all) {
                assertThat(cleanups.next().repository()).isEqualTo(repository);
            }
        }
    }

    @Test
    void aLargeOneHasTheMemoryForItself() throws Exception {
        List<RepositoryId> all = repositories(9);
        Set<RepositoryId> atWork = ConcurrentHashMap.newKeySet();
        AtomicInteger most = new AtomicInteger();
        RepositoryId large = all.get(4);
        try (Cleanups cleanups = new Cleanups(all, repository -> repository.equals(large) ? 5_000 : 1, repository -> {
            atWork.add(repository);
            if (atWork.contains(large)) {
                most.accumulateAndGet(atWork.size(), Math::max);
            }
            var unused = Digest.of(new byte[1 << 18]); // a moment
            atWork.remove(repository);
            return outcome(repository);
        })) {
            for (int i = 0; i < all.size(); i++) {
                assertThat(cleanups.next()).isNotNull();
            }
        }
        assertThat(most).hasValue(1);
    }

    @Test
    void whoGoesAwayStopsWhatIsAtWork() throws Exception {
        CountDownLatch begun = new CountDownLatch(Cleanups.AT_ONCE);
        AtomicInteger interrupted = new AtomicInteger();
        Thread asking = Thread.ofVirtual().start(() -> {
            try (Cleanups cleanups = new Cleanups(repositories(20), repository -> 1, repository -> {
                begun.countDown();
                try {
                    new CountDownLatch(1).await();
                } catch (InterruptedException e) {
                    interrupted.incrementAndGet();
                    throw e;
                }
                return outcome(repository);
            })) {
                cleanups.next();
            } catch (InterruptedException e) {
                // as it should be
            }
        });
        assertThat(begun.await(WITHIN, TimeUnit.SECONDS)).isTrue();
        asking.interrupt();
        assertThat(asking.join(Duration.ofSeconds(WITHIN))).isTrue();
        assertThat(interrupted).hasValue(Cleanups.AT_ONCE);
    }
}
