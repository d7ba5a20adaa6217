package io.forgefleet.work.template;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.LongConsumer;

/** Tells how many bytes were read of a stream. */
final class CountedStream extends FilterInputStream {

    private final LongConsumer count;
    private long bytes;

    CountedStream(InputStream from, LongConsumer count) {
        super(from);
        this.count = count;
    }

    @Override
    public int read() throws IOException {
        int read = super.read();
        add(read < 0 ? 0 : 1);
        return read;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        int read = super.read(into, offset, length);
        add(Math.max(0, read));
        return read;
    }

    private void add(int more) {
        bytes += more;
        count.accept(bytes);
    }
}
