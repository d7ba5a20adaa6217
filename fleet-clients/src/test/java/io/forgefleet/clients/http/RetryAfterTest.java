package io.forgefleet.clients.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryAfterTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "17; 17",
                "Thu, 01 Jan 2026 00:00:30 GMT; 30",
                "Wed, 31 Dec 2025 23:59:00 GMT; 0",
                "999999999; 7200"
            })
    void readsSecondsAndDates(String value, long seconds) {
        assertThat(RetryAfter.of(Map.of("retry-after", List.of(value)), NOW)).contains(Duration.ofSeconds(seconds));
    }

    @Test
    void readsTheResetOfAnExhaustedLimitOnly() {
        String reset = String.valueOf(NOW.getEpochSecond() + 90);
        for (String prefix : List.of("X-RateLimit-", "RateLimit-")) {
            assertThat(RetryAfter.of(Map.of(prefix + "Remaining", List.of("0"), prefix + "Reset", List.of(reset)), NOW))
                    .contains(Duration.ofSeconds(90));
            assertThat(RetryAfter.of(Map.of(prefix + "Remaining", List.of("1"), prefix + "Reset", List.of(reset)), NOW))
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({"soon", "-1", "''", "1e9"})
    void ignoresWhatItCannotRead(String value) {
        assertThat(RetryAfter.of(Map.of("Retry-After", List.of(value)), NOW)).isEmpty();
    }
}
