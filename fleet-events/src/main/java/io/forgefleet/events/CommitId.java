package io.forgefleet.events;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * Id of a git object, of SHA-1 (40 digits) or SHA-256 (64 digits) repositories. The zero id, by which forges say "no
 * commit", is not a commit id: see {@link #isZero}.
 *
 * @param value 40 or 64 lower-case hexadecimal digits, not all zero
 */
public record CommitId(@JsonValue String value) {

    private static final String ZEROS = "0".repeat(64);

    @JsonCreator
    public CommitId {
        if (!Hex.isHex(value, 40) && !Hex.isHex(value, 64)) {
            throw new IllegalArgumentException("commit id must be 40 or 64 lower-case hexadecimal digits");
        }
        if (isZero(value)) {
            throw new IllegalArgumentException("the zero id names no commit");
        }
    }

    /** Whether a forge's id means "no commit": 40 or 64 zeros. */
    public static boolean isZero(String id) {
        return (id.length() == 40 || id.length() == 64) && ZEROS.startsWith(id);
    }

    /** The first {@code digits} digits. */
    public String abbreviated(int digits) {
        return value.substring(0, digits);
    }

    /** The first seven digits, as tags carry them. */
    public String sha7() {
        return abbreviated(7);
    }

    @Override
    public String toString() {
        return value;
    }
}
