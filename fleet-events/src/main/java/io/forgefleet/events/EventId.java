package io.forgefleet.events;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Objects;

/**
 * Identity of an event: 32 hexadecimal digits over everything that makes it this event and no other. The same delivery
 * again gives the same id; close, reopen, close gives three.
 *
 * @param value 32 lower-case hexadecimal digits
 */
public record EventId(@JsonValue String value) {

    @JsonCreator
    public EventId {
        if (!Hex.isHex(value, 32)) {
            throw new IllegalArgumentException("event id must be 32 lower-case hexadecimal digits, got: " + value);
        }
    }

    /**
     * Derives the id.
     *
     * @param repository where it happened
     * @param subject full ref name, or the number of the pull request
     * @param before commit before the change, or empty
     * @param after commit after the change, or empty
     * @param action what happened, in the event's own words
     * @param discriminator what tells two equal transitions apart: the delivery key where the forge keeps it over
     *     redeliveries (GitHub, GitLab), else the payload's time of the change
     */
    public static EventId derive(
            RepositoryId repository, String subject, String before, String after, String action, String discriminator) {
        String[] parts = {repository.toString(), subject, before, after, action, Objects.requireNonNull(discriminator)};
        return new EventId(hash(parts).substring(0, 32));
    }

    /** SHA-256 over length-prefixed parts, so that no two lists of parts can run together. */
    private static String hash(String... parts) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            for (String part : parts) {
                byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
                sha.update((bytes.length + ":").getBytes(StandardCharsets.US_ASCII));
                sha.update(bytes);
            }
            return HexFormat.of().formatHex(sha.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
