package io.forgefleet.build.tar;

import io.forgefleet.clients.ClientException;
import io.forgefleet.events.image.Digest;
import io.forgefleet.runtime.worker.DependencyAwayException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files in a folder of their own, named by their digests: none older than a bound, not more than so many, and never more bytes
 * than a bound, those that are being written included. The oldest make room. Thread-safe; a folder belongs to one process.
 */
public final class TarStore {

    /**
     * A file that is kept.
     *
     * @param until when it goes
     */
    record Kept(Path file, Digest digest, long bytes, Instant until) {}

    /** Writes what is to be kept. */
    @FunctionalInterface
    interface Source {
        void write(OutputStream into)
                throws IOException, ClientException, DependencyAwayException, InterruptedException;
    }

    private static final Logger LOG = LoggerFactory.getLogger(TarStore.class);
    private static final String KEPT = ".tar";
    private static final String PART = ".part";

    private final Path folder;
    private final Duration longest;
    private final int most;
    private final long mostBytes;
    private final InstantSource clock;
    private final Map<Digest, Kept> kept = new LinkedHashMap<>();
    private long used;

    /**
     * Takes up what the folder holds, and removes what is too old or was never finished.
     *
     * @param longest how long a file is kept
     * @throws IOException when the folder cannot be used
     */
    public TarStore(Path folder, Duration longest, int most, long mostBytes, InstantSource clock) throws IOException {
        this.folder = Files.createDirectories(folder.toAbsolutePath());
        this.longest = longest;
        this.most = most;
        this.mostBytes = mostBytes;
        this.clock = clock;
        List<Kept> found = new ArrayList<>();
        try (Stream<Path> files = Files.list(this.folder)) {
            for (Path file : files.toList()) {
                Kept whole = found(file);
                if (whole != null) {
                    found.add(whole);
                } else if (file.toString().endsWith(PART)) {
                    Files.deleteIfExists(file);
                }
            }
        }
        found.sort(Comparator.comparing(Kept::until));
        for (Kept each : found) {
            kept.put(each.digest(), each);
            used += each.bytes();
        }
        sweep();
        makeRoom(0, most);
    }

    private @Nullable Kept found(Path file) throws IOException {
        String name = String.valueOf(file.getFileName());
        if (!name.matches("[0-9a-f]{64}\\" + KEPT)) {
            return null;
        }
        Digest digest = new Digest("sha256:" + name.substring(0, name.length() - KEPT.length()));
        Instant until = Files.getLastModifiedTime(file).toInstant().plus(longest);
        return new Kept(file, digest, Files.size(file), until);
    }

    /**
     * Keeps a file. What was the same is replaced.
     *
     * @throws IOException when it cannot be written, or is larger than all that may be kept
     */
    Kept keep(Source source) throws IOException, ClientException, DependencyAwayException, InterruptedException {
        Path part = Files.createTempFile(folder, "", PART);
        Counted counted = new Counted(part);
        boolean done = false;
        try {
            try (counted) {
                source.write(counted);
            }
            Digest digest = Digest.of(counted.sha256);
            Instant now = clock.instant();
            Files.setLastModifiedTime(part, FileTime.from(now));
            Path file = folder.resolve(digest.value().substring("sha256:".length()) + KEPT);
            synchronized (this) {
                makeRoom(0, most - 1);
                Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
                Kept before = kept.remove(digest);
                used -= before == null ? 0 : before.bytes();
                Kept made = new Kept(file, digest, counted.bytes, now.plus(longest));
                kept.put(digest, made);
                done = true;
                return made;
            }
        } finally {
            if (!done) {
                free(counted.bytes);
                Files.deleteIfExists(part);
            }
        }
    }

    /** A file that is kept and not too old. */
    synchronized Optional<Kept> find(Digest digest) {
        return Optional.ofNullable(kept.get(digest))
                .filter(each -> clock.instant().isBefore(each.until()) && Files.isRegularFile(each.file()));
    }

    /** Removes what is too old. */
    public synchronized void sweep() {
        Instant now = clock.instant();
        while (!kept.isEmpty() && !now.isBefore(oldest().until())) {
            removeOldest();
        }
    }

    /** Bytes of all files, those being written included. */
    synchronized long used() {
        return used;
    }

    /** Takes bytes that are about to be written, from the oldest files where there are not so many left. */
    private synchronized void take(long bytes) throws IOException {
        makeRoom(bytes, most);
        if (used + bytes > mostBytes) {
            throw new IOException("it would take more than the " + mostBytes
                    + " bytes that imageTars.gigabytes of fleet.yml allows in all");
        }
        used += bytes;
    }

    private synchronized void free(long bytes) {
        used -= bytes;
    }

    private synchronized void makeRoom(long bytes, int files) {
        while (!kept.isEmpty() && (used + bytes > mostBytes || kept.size() > files)) {
            removeOldest();
        }
    }

    private Kept oldest() {
        return kept.values().iterator().next();
    }

    private void removeOldest() {
        Kept gone = oldest();
        kept.remove(gone.digest());
        used -= gone.bytes();
        try {
            Files.deleteIfExists(gone.file());
        } catch (IOException e) {
            LOG.warn("{} is left: {}", gone.file(), e.toString());
        }
    }

    /** A file that takes its bytes from the store as it grows. */
    private final class Counted extends OutputStream {

        private final OutputStream to;
        private final MessageDigest sha256 = Digest.sha256();
        private long bytes;

        Counted(Path file) throws IOException {
            to = Files.newOutputStream(file);
        }

        @Override
        public void write(int one) throws IOException {
            write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public void write(byte[] content, int offset, int length) throws IOException {
            take(length);
            bytes += length;
            sha256.update(content, offset, length);
            to.write(content, offset, length);
        }

        @Override
        public void close() throws IOException {
            to.close();
        }
    }
}
