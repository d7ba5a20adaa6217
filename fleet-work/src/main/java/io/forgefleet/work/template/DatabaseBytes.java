package io.forgefleet.work.template;

import com.github.luben.zstd.ZstdIOException;
import com.github.luben.zstd.ZstdInputStream;
import com.github.luben.zstd.ZstdOutputStream;
import io.forgefleet.events.image.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.Serial;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** A database's bytes, as they lie here and as they travel. */
final class DatabaseBytes {

    private static final int BUFFER = 1 << 18;
    private static final int LEVEL = 3;

    /** What a file became. */
    record Packed(Digest blob, long blobBytes, Digest content, long bytes) {}

    /** The bytes are no database's, or another one's. */
    static final class DamagedException extends IOException {

        @Serial
        private static final long serialVersionUID = 1;

        DamagedException(String message) {
            super(message);
        }
    }

    private DatabaseBytes() {}

    /** @param compress by Zstandard, which any {@code zstd} undoes; else the bytes stay as they are */
    static Packed pack(Path from, Path to, boolean compress) throws IOException {
        MessageDigest content = sha256();
        MessageDigest blob = sha256();
        long bytes = 0;
        try (InputStream in = Files.newInputStream(from);
                OutputStream hashed = new DigestOutputStream(Files.newOutputStream(to), blob);
                OutputStream out = compress ? new ZstdOutputStream(hashed, LEVEL) : hashed) {
            byte[] buffer = new byte[BUFFER];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                content.update(buffer, 0, read);
                out.write(buffer, 0, read);
                bytes += read;
            }
        }
        return new Packed(digest(blob), Files.size(to), digest(content), bytes);
    }

    /** Of a file that travels as it is. */
    static Packed hash(Path file) throws IOException {
        MessageDigest hash = sha256();
        try (InputStream in = Files.newInputStream(file)) {
            byte[] buffer = new byte[BUFFER];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                hash.update(buffer, 0, read);
            }
        }
        Digest digest = digest(hash);
        return new Packed(digest, Files.size(file), digest, Files.size(file));
    }

    /**
     * Writes what comes, and gives its digest.
     *
     * @param most bytes that there may be
     * @throws DamagedException when there are more, or when it cannot be unpacked
     */
    static Digest unpack(InputStream from, Path to, long most, boolean compressed) throws IOException {
        long left = most;
        try (OutputStream out = Files.newOutputStream(to);
                Aside aside = new Aside(out)) {
            // the transfer is closed by whoever opened it
            @SuppressWarnings("resource")
            InputStream in = compressed ? new ZstdInputStream(from) : from;
            while (true) {
                byte[] buffer = aside.free();
                int read = in.readNBytes(buffer, 0, buffer.length);
                if (read == 0) {
                    break;
                }
                left -= read;
                if (left < 0) {
                    throw new DamagedException("it is larger than " + most + " bytes");
                }
                aside.take(buffer, read);
            }
            return aside.digest();
        } catch (ZstdIOException e) {
            throw new DamagedException("it cannot be unpacked: " + e.getMessage());
        }
    }

    /**
     * Hashes and writes on a thread of its own, which takes as long as to transfer and to unpack. A few large buffers go to and fro,
     * so that neither side waits for the other one at each of them.
     */
    private static final class Aside implements AutoCloseable {

        private static final int BUFFERS = 4;
        private static final int BYTES = 1 << 20;

        private final OutputStream out;
        private final MessageDigest hash = sha256();
        private final BlockingQueue<byte[]> free = new ArrayBlockingQueue<>(BUFFERS);
        private final ExecutorService aside =
                Executors.newSingleThreadExecutor(Thread.ofVirtual().factory());
        private volatile @Nullable IOException failure;

        Aside(OutputStream out) {
            this.out = out;
            for (int i = 0; i < BUFFERS; i++) {
                free.add(new byte[BYTES]);
            }
        }

        /** A buffer to fill, as soon as there is one. */
        byte[] free() throws IOException {
            try {
                byte[] buffer = free.take();
                check();
                return buffer;
            } catch (InterruptedException e) {
                throw (IOException) new InterruptedIOException("interrupted while a database was written").initCause(e);
            }
        }

        /** Takes a filled buffer back. */
        void take(byte[] bytes, int length) {
            var unused = aside.submit(() -> {
                try {
                    if (failure == null) {
                        hash.update(bytes, 0, length);
                        out.write(bytes, 0, length);
                    }
                } catch (IOException e) {
                    failure = e;
                } finally {
                    free.add(bytes);
                }
            });
        }

        /** Of everything, once it is written. */
        Digest digest() throws IOException {
            close();
            check();
            return DatabaseBytes.digest(hash);
        }

        private void check() throws IOException {
            if (failure != null) {
                throw failure;
            }
        }

        /** Waits for what is being written. */
        @Override
        public void close() {
            aside.close();
        }
    }

    /** What SQLite would take for a part of the database beside them, and play into it. */
    private static List<Path> companions(Path database) {
        return Stream.of("-wal", "-shm", "-journal")
                .map(end -> database.resolveSibling(database.getFileName() + end))
                .toList();
    }

    /** Whether a file stands for itself: nobody's link, nothing beside it that belongs to it. */
    static boolean standsAlone(Path database) throws IOException {
        return Files.isRegularFile(database, LinkOption.NOFOLLOW_LINKS)
                && Integer.valueOf(1).equals(Files.getAttribute(database, "unix:nlink", LinkOption.NOFOLLOW_LINKS))
                && companions(database).stream().noneMatch(Files::exists);
    }

    /** Puts a finished file in its place, whole; what belonged to the one before goes first. */
    static void publish(Path part, Path database) throws IOException {
        for (Path companion : companions(database)) {
            Files.deleteIfExists(companion);
        }
        Files.move(part, database, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** CRC-32C of a file's bytes, eight hexadecimal digits. */
    static String checksum(Path file) throws IOException {
        CRC32C checksum = new CRC32C();
        ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
        try (FileChannel channel = FileChannel.open(file)) {
            while (channel.read(buffer) >= 0) {
                checksum.update(buffer.flip());
                buffer.clear();
            }
        }
        return HexFormat.of().toHexDigits((int) checksum.getValue());
    }

    /** Where a file lies. */
    static Path folder(Path file) {
        return Objects.requireNonNull(file.toAbsolutePath().normalize().getParent(), "a file is not the root");
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static Digest digest(MessageDigest hash) {
        return new Digest("sha256:" + HexFormat.of().formatHex(hash.digest()));
    }
}
