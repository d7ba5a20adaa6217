package io.forgefleet.clients.http;

import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How long an answer asks to wait: the Retry-After header (RFC 9110, 10.2.3), in seconds or as a date, else the reset of a
 * rate limit of which nothing remains, as GitHub and GitLab tell it, or Docker Hub's X-Retry-After, a time.
 */
public final class RetryAfter {

    private static final Duration LONGEST = Duration.ofHours(2);

    private RetryAfter() {}

    /**
     * Reads the headers of an answer.
     *
     * @param headers names in any case
     * @return at most two hours; empty when it does not ask to wait
     */
    public static Optional<Duration> of(Map<String, List<String>> headers, Instant now) {
        return header(headers, "Retry-After")
                .flatMap(value -> parse(value, now))
                .or(() -> epoch(headers, "X-Retry-After", now))
                .or(() -> exhausted(headers, "X-RateLimit-", now))
                .or(() -> exhausted(headers, "RateLimit-", now))
                .map(wait -> wait.isNegative() ? Duration.ZERO : wait)
                .map(wait -> wait.compareTo(LONGEST) > 0 ? LONGEST : wait);
    }

    private static Optional<Duration> parse(String value, Instant now) {
        if (value.matches("[0-9]{1,9}")) {
            return Optional.of(Duration.ofSeconds(Long.parseLong(value)));
        }
        try {
            ZonedDateTime until = ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME);
            return Optional.of(Duration.between(now, until.toInstant()));
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    private static Optional<Duration> exhausted(Map<String, List<String>> headers, String prefix, Instant now) {
        return header(headers, prefix + "Remaining")
                .filter(remaining -> remaining.equals("0"))
                .flatMap(remaining -> epoch(headers, prefix + "Reset", now));
    }

    private static Optional<Duration> epoch(Map<String, List<String>> headers, String name, Instant now) {
        return header(headers, name)
                .filter(time -> time.matches("[0-9]{1,12}"))
                .map(time -> Duration.between(now, Instant.ofEpochSecond(Long.parseLong(time))));
    }

    private static Optional<String> header(Map<String, List<String>> headers, String name) {
        return headers.entrySet().stream()
                .filter(entry -> name.equalsIgnoreCase(entry.getKey())
                        && !entry.getValue().isEmpty())
                .map(entry -> entry.getValue().getFirst().strip())
                .findFirst();
    }
}
