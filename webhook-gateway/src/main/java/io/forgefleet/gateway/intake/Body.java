package io.forgefleet.gateway.intake;

import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** A body as it grows, within the limit for one and the budget for all. Used by one thread at a time. */
final class Body {

    private static final int FIRST_ROOM = 8 * 1024;

    private final BodyBudget budget;
    private final int most;
    private byte[] bytes = {};
    private int length;
    private boolean released;

    Body(BodyBudget budget, IntakeLimits limits) {
        this.budget = budget;
        this.most = limits.body();
    }

    /** Takes room for so many bytes at once, where their number is told beforehand. */
    void expect(long total) throws Refusal {
        if (total > most) {
            throw tooLarge();
        }
        resize((int) total);
    }

    void append(Buffer chunk) throws Refusal {
        makeRoom(chunk.length());
        chunk.getBytes(bytes, length);
        length += chunk.length();
    }

    void append(byte[] chunk, int count) throws Refusal {
        makeRoom(count);
        System.arraycopy(chunk, 0, bytes, length, count);
        length += count;
    }

    private void makeRoom(int more) throws Refusal {
        long needed = (long) length + more;
        if (needed > most) {
            throw tooLarge();
        }
        if (needed > bytes.length) {
            resize((int) Math.min(most, Math.max(needed, Math.max(FIRST_ROOM, 2L * bytes.length))));
        }
    }

    private void resize(int size) throws Refusal {
        if (released || !budget.take(size - bytes.length, size)) {
            throw new Refusal(Outcome.BUSY, "too much is being received just now");
        }
        bytes = Arrays.copyOf(bytes, size);
    }

    private Refusal tooLarge() {
        return new Refusal(Outcome.TOO_LARGE, "a body has at most " + most + " bytes, unpacked");
    }

    /** What has arrived. */
    ByteBuffer content() {
        return ByteBuffer.wrap(bytes, 0, length);
    }

    InputStream stream() {
        return new ByteArrayInputStream(bytes, 0, length);
    }

    int length() {
        return length;
    }

    /** Gives the room back; the content is gone. May be called again. */
    void release() {
        if (!released) {
            released = true;
            budget.giveBack(bytes.length);
            bytes = new byte[0];
            length = 0;
        }
    }
}
