package io.forgefleet.host.process;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Copies a stream into a file of bounded size and keeps its last bytes at hand. */
final class OutputLog {

    private static final Logger LOG = LoggerFactory.getLogger(OutputLog.class);
    private static final int TAIL_BYTES = 4_096;

    private final Path file;
    private final long maxFileBytes;
    private final byte[] ring = new byte[TAIL_BYTES];
    private long total;

    OutputLog(Path file, long maxFileBytes) {
        this.file = file;
        this.maxFileBytes = maxFileBytes;
    }

    /** Copies until the stream ends. A full disk ends the file, never the reading: a writer that is not read blocks. */
    void copy(InputStream from) throws IOException {
        byte[] buffer = new byte[8_192];
        boolean writable = true;
        long written = Files.exists(file) ? Files.size(file) : 0;
        for (int n = from.read(buffer); n >= 0; n = from.read(buffer)) {
            remember(buffer, n);
            if (!writable) {
                continue;
            }
            try {
                if (written >= maxFileBytes) {
                    Files.move(
                            file, file.resolveSibling(file.getFileName() + ".1"), StandardCopyOption.REPLACE_EXISTING);
                    written = 0;
                }
                append(buffer, n);
                written += n;
            } catch (IOException e) {
                writable = false;
                LOG.warn("cannot write {} any more, the process goes on without it: {}", file, e.toString());
            }
        }
    }

    private void append(byte[] buffer, int n) throws IOException {
        try (OutputStream out = Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            out.write(buffer, 0, n);
        }
    }

    private synchronized void remember(byte[] buffer, int n) {
        for (int i = 0; i < n; i++) {
            ring[(int) ((total + i) % TAIL_BYTES)] = buffer[i];
        }
        total += n;
    }

    /** The last 4 KiB at most. */
    synchronized String tail() {
        int length = (int) Math.min(total, TAIL_BYTES);
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = ring[(int) ((total - length + i) % TAIL_BYTES)];
        }
        return new String(bytes, StandardCharsets.UTF_8).strip();
    }
}
