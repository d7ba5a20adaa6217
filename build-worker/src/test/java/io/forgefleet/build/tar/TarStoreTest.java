package io.forgefleet.build.tar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forgefleet.events.image.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TarStoreTest {

    private static final int SIZE = 1000;

    @TempDir
    Path folder;

    private volatile Instant now = Instant.parse("2026-03-01T10:00:00Z");

    private TarStore store(int files, long bytes) throws IOException {
        return new TarStore(folder.resolve("tars"), Duration.ofDays(1), files, bytes, () -> now);
    }

    private TarStore.Kept keep(TarStore store, int what) throws Exception {
        byte[] content = new byte[SIZE];
        Arrays.fill(content, (byte) what);
        TarStore.Kept kept = store.keep(into -> into.write(content));
        assertThat(kept.digest()).isEqualTo(Digest.of(content));
        assertThat(Files.readAllBytes(kept.file())).isEqualTo(content);
        now = now.plusSeconds(60);
        return kept;
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("tars"))) {
            return files.map(file -> String.valueOf(file.getFileName())).toList();
        }
    }

    @Test
    void theOldestMakeRoomByNumber() throws Exception {
        TarStore store = store(2, SIZE * 10);
        TarStore.Kept first = keep(store, 1);
        TarStore.Kept second = keep(store, 2);
        TarStore.Kept third = keep(store, 3);
        assertThat(store.find(first.digest())).isEmpty();
        assertThat(store.find(second.digest())).contains(second);
        assertThat(store.find(third.digest())).contains(third);
        assertThat(files()).hasSize(2);
    }

    @Test
    void theOldestMakeRoomByBytesWhileAFileGrows() throws Exception {
        TarStore store = store(10, SIZE * 3);
        TarStore.Kept first = keep(store, 1);
        TarStore.Kept second = keep(store, 2);
        CountDownLatch half = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<TarStore.Kept> growing = threads.submit(() -> store.keep(into -> {
                into.write(new byte[SIZE + 1]);
                half.countDown();
                goOn.await();
                into.write(new byte[SIZE]);
            }));
            half.await();
            assertThat(store.find(first.digest())).isEmpty();
            assertThat(store.find(second.digest())).isPresent();
            assertThat(store.used()).isEqualTo(SIZE * 2 + 1);
            goOn.countDown();
            assertThat(growing.get().bytes()).isEqualTo(SIZE * 2 + 1);
        }
        assertThat(store.find(second.digest())).isEmpty();
        assertThat(store.used()).isEqualTo(SIZE * 2 + 1);
        assertThat(files()).hasSize(1);
    }

    @Test
    void whatIsLargerThanAllMayBeLeavesNothing() throws Exception {
        TarStore store = store(10, SIZE * 2);
        assertThatThrownBy(() -> store.keep(into -> {
                    for (int i = 0; i < 100; i++) {
                        into.write(new byte[SIZE]);
                    }
                }))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("imageTars.gigabytes");
        assertThat(files()).isEmpty();
        assertThat(store.used()).isZero();
        assertThat(keep(store, 1).bytes()).isEqualTo(SIZE);
    }

    @Test
    void whatBreaksOffLeavesNothing() throws Exception {
        TarStore store = store(10, SIZE * 2);
        assertThatThrownBy(() -> store.keep(into -> {
                    into.write(new byte[SIZE]);
                    throw new IllegalStateException("broken");
                }))
                .hasMessage("broken");
        assertThat(files()).isEmpty();
        assertThat(store.used()).isZero();
    }

    @Test
    void theSameTwiceIsOneFileAndLastsFromTheSecondTime() throws Exception {
        TarStore store = store(2, SIZE * 2);
        TarStore.Kept other = keep(store, 2);
        TarStore.Kept first = keep(store, 1);
        TarStore.Kept again = keep(store, 1);
        assertThat(again.until()).isAfter(first.until());
        assertThat(store.used()).isLessThanOrEqualTo(SIZE * 2);
        assertThat(store.find(first.digest())).contains(again);
        assertThat(files()).hasSize(store.find(other.digest()).isPresent() ? 2 : 1);
    }

    @Test
    void whatIsTooOldIsNotGivenAndGoesWithTheNextSweep() throws Exception {
        TarStore store = store(10, SIZE * 10);
        TarStore.Kept old = keep(store, 1);
        TarStore.Kept young = keep(store, 2);
        now = old.until();
        assertThat(store.find(old.digest())).isEmpty();
        assertThat(files()).hasSize(2);
        store.sweep();
        assertThat(files()).containsExactly(String.valueOf(young.file().getFileName()));
        assertThat(store.used()).isEqualTo(SIZE);
        assertThat(store.find(young.digest())).isPresent();
    }

    @Test
    void aStartTakesUpWhatIsThereAndRemovesWhatIsTooOldTooMuchOrUnfinished() throws Exception {
        TarStore before = store(10, SIZE * 10);
        TarStore.Kept old = keep(before, 1);
        now = now.plus(Duration.ofHours(12));
        TarStore.Kept second = keep(before, 2);
        TarStore.Kept third = keep(before, 3);
        Files.write(folder.resolve("tars/12345.part"), new byte[SIZE]);
        Files.writeString(folder.resolve("tars/readme"), "somebody's own");
        now = old.until().plusSeconds(1);

        TarStore after = store(10, SIZE * 10);
        assertThat(after.find(old.digest())).isEmpty();
        assertThat(after.find(second.digest())).map(TarStore.Kept::until).contains(second.until());
        assertThat(after.used()).isEqualTo(SIZE * 2);
        assertThat(files()).hasSize(3).contains("readme");

        TarStore smaller = store(10, SIZE);
        assertThat(smaller.find(second.digest())).isEmpty();
        assertThat(smaller.find(third.digest())).isPresent();
    }
}
