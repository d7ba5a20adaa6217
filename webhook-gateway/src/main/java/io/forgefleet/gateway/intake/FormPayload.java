package io.forgefleet.gateway.intake;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Finds the field {@code payload} in a form of the media type {@code application/x-www-form-urlencoded}. */
final class FormPayload {

    private static final byte[] FIELD = "payload=".getBytes(US_ASCII);

    private FormPayload() {}

    /**
     * Decodes the field in place, without memory of its own: the form is overwritten.
     *
     * @return the field's bytes, or null when the form has none or it is badly encoded
     */
    static @Nullable ByteBuffer decode(ByteBuffer form) {
        byte[] bytes = form.array();
        int start = form.arrayOffset() + form.position();
        int end = start + form.remaining();
        while (start < end) {
            int stop = indexOf(bytes, start, end, '&');
            if (isField(bytes, start, stop)) {
                return decode(bytes, start + FIELD.length, stop);
            }
            start = stop + 1;
        }
        return null;
    }

    private static int indexOf(byte[] bytes, int start, int end, char wanted) {
        for (int i = start; i < end; i++) {
            if (bytes[i] == wanted) {
                return i;
            }
        }
        return end;
    }

    private static boolean isField(byte[] bytes, int start, int end) {
        if (end - start < FIELD.length) {
            return false;
        }
        for (int i = 0; i < FIELD.length; i++) {
            if (bytes[start + i] != FIELD[i]) {
                return false;
            }
        }
        return true;
    }

    private static @Nullable ByteBuffer decode(byte[] bytes, int start, int end) {
        int to = start;
        for (int from = start; from < end; from++) {
            byte next = bytes[from];
            if (next == '%') {
                int high = from + 2 < end ? Character.digit((char) bytes[from + 1], 16) : -1;
                int low = from + 2 < end ? Character.digit((char) bytes[from + 2], 16) : -1;
                if (high < 0 || low < 0) {
                    return null;
                }
                next = (byte) (high << 4 | low);
                from += 2;
            } else if (next == '+') {
                next = ' ';
            }
            bytes[to++] = next;
        }
        return ByteBuffer.wrap(bytes, start, to - start);
    }
}
