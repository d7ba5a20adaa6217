package io.forgefleet.clients.tool;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** Reads a stream to its end and keeps the last bytes of it. Thread-safe. */
final class Tail {

    private final byte[] ring;
    private long seen;

    Tail(int most) {
        this.ring = new byte[most];
    }

    void read(InputStream stream) throws IOException {
        byte[] buffer = new byte[4096];
        for (int n = stream.read(buffer); n >= 0; n = stream.read(buffer)) {
            add(buffer, n);
        }
    }

    private synchronized void add(byte[] bytes, int length) {
        for (int i = 0; i < length; i++) {
            ring[(int) (seen++ % ring.length)] = bytes[i];
        }
    }

    synchronized String text() {
        int length = (int) Math.min(seen, ring.length);
        byte[] last = new byte[length];
        for (int i = 0; i < length; i++) {
            last[i] = ring[(int) ((seen - length + i) % ring.length)];
        }
        return new String(last, StandardCharsets.UTF_8).strip();
    }
}
