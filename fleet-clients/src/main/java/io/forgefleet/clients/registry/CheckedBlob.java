package io.forgefleet.clients.registry;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serial;

/** A blob on its way: there are exactly as many bytes of it as were announced. */
final class CheckedBlob extends FilterInputStream {

    /** The way is broken, as against the place that the bytes go to. */
    static final class BrokenException extends IOException {

        @Serial
        private static final long serialVersionUID = 1;

        BrokenException(String message, IOException cause) {
            super(message, cause);
        }
    }

    private final long size;
    private long seen;

    CheckedBlob(InputStream from, long size) {
        super(from);
        this.size = size;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int at, int length) throws IOException {
        int read;
        try {
            read = in.read(buffer, at, length);
        } catch (IOException e) {
            throw new BrokenException("it broke off after " + seen + " of " + size + " bytes", e);
        }
        if (read < 0 && seen < size) {
            throw new BrokenException("it ended after " + seen + " of " + size + " bytes", new IOException("end"));
        }
        if (read > 0) {
            seen += read;
        }
        if (seen > size) {
            throw new BrokenException("it is longer than " + size + " bytes", new IOException("too long"));
        }
        return read;
    }

    @Override
    public long skip(long count) {
        return 0; // what is skipped would not be counted
    }

    @Override
    public boolean markSupported() {
        return false;
    }
}
