package io.forgefleet.clients.forge.gitlab;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.ClientException.Kind;
import io.forgefleet.clients.http.HttpCalls;
import io.forgefleet.clients.http.RetryAfter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.gitlab4j.api.GitLabApi;
import org.gitlab4j.api.GitLabApiException;
import org.jspecify.annotations.Nullable;

/** Calls of GitLab's API with one token. Thread-safe; the library is loaded with the first call. */
public final class GitLabCalls {

    private final String url;
    private final String token;
    private final Duration timeout;
    private @Nullable GitLabApi api;

    /**
     * Sends nothing yet.
     *
     * @param url of the forge's pages, without a slash at the end
     */
    public GitLabCalls(String url, String token, Duration timeout) {
        this.url = url;
        this.token = token;
        this.timeout = timeout;
    }

    /** A call of the library. */
    @FunctionalInterface
    public interface Call<T> {
        /** Calls it. */
        T run() throws GitLabApiException;
    }

    /** The library. */
    public synchronized GitLabApi api() {
        GitLabApi known = api;
        if (known == null) {
            int millis = Math.toIntExact(timeout.toMillis());
            known = new GitLabApi(url, token).withRequestTimeout(millis, millis);
            api = known;
        }
        return known;
    }

    /** Calls the library and tells its failures apart. */
    public <T> T call(String tried, Call<T> call) throws ClientException, InterruptedException {
        try {
            return call.run();
        } catch (GitLabApiException e) {
            if (Thread.interrupted()) {
                throw (InterruptedException) new InterruptedException("interrupted in: " + tried).initCause(e);
            }
            throw failure(tried, e);
        } catch (RuntimeException e) {
            if (Thread.interrupted()) {
                throw (InterruptedException) new InterruptedException("interrupted in: " + tried).initCause(e);
            }
            // the library's iterators wrap what happened
            throw e.getCause() instanceof GitLabApiException happened
                    ? failure(tried, happened)
                    : new ClientException(Kind.UNAVAILABLE, "could not " + tried + ": " + e.getMessage(), e);
        }
    }

    private static ClientException failure(String tried, GitLabApiException e) {
        int status = e.getHttpStatus();
        Map<String, List<String>> headers = Objects.requireNonNullElse(e.getHeaders(), Map.<String, List<String>>of());
        Optional<Duration> wait = RetryAfter.of(headers, Instant.now());
        // no status: there was no answer
        Kind kind = status <= 0 ? Kind.UNAVAILABLE : HttpCalls.kind(status, wait.isPresent());
        return new ClientException(
                kind, "could not " + tried + ": answered " + status + " " + e.getMessage(), wait.orElse(null), e);
    }
}
