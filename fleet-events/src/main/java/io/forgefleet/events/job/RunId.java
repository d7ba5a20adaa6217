package io.forgefleet.events.job;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * Identity of a run, the same wherever and however often it is worked out: equal records of one event are one run.
 *
 * @param value 24 lower-case hexadecimal digits
 */
public record RunId(@JsonValue String value) {

    private static final Pattern FORM = Pattern.compile("[0-9a-f]{24}");

    @JsonCreator
    public RunId {
        if (!FORM.matcher(value).matches()) {
            throw new IllegalArgumentException("run id must be 24 lower-case hexadecimal digits");
        }
    }

    /**
     * Derives the id of a run.
     *
     * @param event id of its event
     * @param kind name of its worker kind
     * @param target what it makes
     * @param job id of the job that asked for it anew, or empty for the event's own run
     */
    public static RunId derive(String event, String kind, String target, String job) {
        try {
            byte[] text = String.join("\n", event, kind, target, job).getBytes(StandardCharsets.UTF_8);
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text);
            return new RunId(HexFormat.of().formatHex(hash, 0, 12));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
