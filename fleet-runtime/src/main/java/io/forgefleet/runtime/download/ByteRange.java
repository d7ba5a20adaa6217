package io.forgefleet.runtime.download;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A part of a file (RFC 9110, 14).
 *
 * @param first its first byte, from 0
 * @param bytes how many; 0 when the file has none of those that were asked for
 */
record ByteRange(long first, long bytes) {

    private static final Pattern ONE = Pattern.compile("bytes=(?:([0-9]{1,18})-([0-9]{0,18})|-([0-9]{1,18}))");

    /**
     * What a request asks for.
     *
     * @param header {@code Range}; null when there is none
     * @return empty for the whole file: no range, several at once, or one that is not understood, which are all to be ignored
     */
    static Optional<ByteRange> of(@Nullable String header, long size) {
        Matcher matcher = ONE.matcher(header == null ? "" : header.strip());
        if (!matcher.matches()) {
            return Optional.empty();
        }
        if (matcher.group(3) != null) {
            long bytes = Math.min(size, Long.parseLong(matcher.group(3)));
            return Optional.of(new ByteRange(size - bytes, bytes));
        }
        long first = Long.parseLong(matcher.group(1));
        long last = matcher.group(2).isEmpty() ? Long.MAX_VALUE : Long.parseLong(matcher.group(2));
        if (last < first) {
            return Optional.empty();
        }
        return Optional.of(new ByteRange(first, first >= size ? 0 : Math.min(last, size - 1) - first + 1));
    }

    /** As {@code Content-Range} has it. */
    String of(long size) {
        return "bytes " + (bytes == 0 ? "*" : first + "-" + (first + bytes - 1)) + "/" + size;
    }
}
