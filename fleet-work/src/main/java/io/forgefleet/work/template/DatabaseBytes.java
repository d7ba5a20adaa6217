package io.forgefleet.work.template;

import com.github.luben.zstd.ZstdIOException;
import com.github.luben.zstd.ZstdInputStream;
import com.github.luben.zstd.ZstdOutputStream;
import io.forgefleet.events.image.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Serial;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Objects;
import java.util.zip.CRC32C;

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
        MessageDigest content = sha256();
        long left = most;
        try (OutputStream out = Files.newOutputStream(to)) {
            // the transfer is closed by whoever opened it
            @SuppressWarnings("resource")
            InputStream in = compressed ? new ZstdInputStream(from) : from;
            byte[] buffer = new byte[BUFFER];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                left -= read;
                if (left < 0) {
                    throw new DamagedException("it is larger than " + most + " bytes");
                }
                content.update(buffer, 0, read);
                out.write(buffer, 0, read);
            }
        } catch (ZstdIOException e) {
            throw new DamagedException("it cannot be unpacked: " + e.getMessage());
        }
        return digest(content);
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
