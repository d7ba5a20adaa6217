package io.forgefleet.events.image;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Digest of content (OCI image specification, "Digests"), always in full.
 *
 * @param value {@code sha256:} and 64 lower-case hexadecimal digits
 */
public record Digest(@JsonValue String value) {

    private static final String PREFIX = "sha256:";
    private static final int LENGTH = PREFIX.length() + 64;
    private static final MessageDigest FRESH = lookUp();

    @JsonCreator
    public Digest {
        if (!isDigest(value)) {
            throw new IllegalArgumentException("digest must be sha256: and 64 hexadecimal digits, got: " + value);
        }
    }

    /** Whether a text is one; by hand, since of a large registry there are tens of thousands. */
    public static boolean isDigest(String text) {
        if (text.length() != LENGTH || !text.startsWith(PREFIX)) {
            return false;
        }
        for (int i = PREFIX.length(); i < LENGTH; i++) {
            char each = text.charAt(i);
            if ((each < '0' || each > '9') && (each < 'a' || each > 'f')) {
                return false;
            }
        }
        return true;
    }

    /** Of what went through a hash of {@link #sha256}, which is reset. */
    public static Digest of(MessageDigest sha256) {
        return new Digest(PREFIX + HexFormat.of().formatHex(sha256.digest()));
    }

    public static Digest of(byte[] content) {
        MessageDigest sha256 = sha256();
        sha256.update(content);
        return of(sha256);
    }

    /** A hash for {@link #of(MessageDigest)}: a copy, since to look the algorithm up takes longer than to hash a manifest. */
    public static MessageDigest sha256() {
        try {
            return (MessageDigest) FRESH.clone();
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("the JDK's SHA-256 can be copied", e);
        }
    }

    private static MessageDigest lookUp() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
