package io.forgefleet.local.server;

import com.fasterxml.jackson.databind.JsonNode;
import io.forgefleet.local.console.Paint;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.regex.Pattern;

/** What the API says about a run, in the few words of a table. */
public final class RunWords {

    private static final Pattern UNPRINTABLE = Pattern.compile("\u001b\\[[0-9;?]*[A-Za-z]|[\\p{Cntrl}&&[^\t]]");

    private RunWords() {}

    /** {@code #7}, or the branch. */
    static String where(JsonNode subject) {
        String number = subject.path("pullRequest").asText("");
        return number.isEmpty() || number.equals("null")
                ? subject.path("ref").asText("").replaceFirst("^refs/(heads|tags)/", "")
                : "#" + number;
    }

    static String sha7(JsonNode commit) {
        String sha = commit.asText("");
        return sha.length() < 7 ? "" : sha.substring(0, 7);
    }

    /** By how it is. */
    public static Paint paint(String state) {
        return switch (state) {
            case "succeeded" -> Paint.GREEN;
            case "failed", "timed-out" -> Paint.RED;
            case "running", "parked" -> Paint.YELLOW;
            default -> Paint.DIM;
        };
    }

    static String ago(Instant then, Instant now) {
        return took(then, now) + " ago";
    }

    /** One or two units. */
    public static String took(Instant from, Instant to) {
        Duration duration = Duration.between(from, to);
        long seconds = Math.max(0, duration.toSeconds());
        if (seconds < 10) {
            return String.format(Locale.ROOT, "%.1f s", Math.max(0, duration.toMillis()) / 1000.0);
        }
        if (seconds < 60) {
            return seconds + " s";
        }
        if (seconds < 3600) {
            return seconds / 60 + " min";
        }
        return seconds < 86_400 ? seconds / 3600 + " h" : seconds / 86_400 + " d";
    }

    /** What a build printed, without what would act on the terminal. */
    public static String printable(String line) {
        return UNPRINTABLE.matcher(line).replaceAll("");
    }
}
