package io.forgefleet.host.forge.repository;

import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * One state that somebody posted for a commit.
 *
 * @param id grows with each
 * @param repository {@code owner/name}
 * @param context what the state is about; the newest of a context counts
 * @param targetUrl where a click leads, may be empty, as may the description
 */
public record CommitStatus(
        long id,
        String repository,
        String sha,
        State state,
        String context,
        String description,
        String targetUrl,
        Account creator,
        Instant createdAt) {

    /** Forgejo's states. */
    public enum State {
        PENDING,
        SUCCESS,
        ERROR,
        FAILURE,
        WARNING;

        /** As the API writes it. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Optional<State> of(String word) {
            return Arrays.stream(values()).filter(s -> s.word().equals(word)).findFirst();
        }
    }
}
