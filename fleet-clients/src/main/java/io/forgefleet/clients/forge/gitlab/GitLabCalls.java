package io.forgefleet.clients.forge.gitlab;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.ClientException.Kind;
import io.forgefleet.clients.http.HttpCalls;
import io.forgefleet.clients.http.RetryAfter;
import io.forgefleet.events.RepositoryId;
import io.forgefleet.events.image.Digest;
import java.io.FileNotFoundException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
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
    private final HttpCalls calls;
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
        this.calls = new HttpCalls(timeout);
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

    /**
     * Sends what the library does not know, or would hold in memory, and returns whatever is answered.
     *
     * @param path below the project's part of the API
     * @param body JSON, null for none
     */
    HttpResponse<byte[]> send(String tried, RepositoryId project, String method, String path, byte @Nullable [] body)
            throws ClientException, InterruptedException {
        HttpRequest request = request(project, path)
                .header("Content-Type", "application/json")
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body))
                .build();
        return calls.send(tried, request);
    }

    /**
     * Streams a file.
     *
     * @throws FileNotFoundException when it cannot be read
     */
    HttpResponse<byte[]> put(String tried, RepositoryId project, String path, Path file, Duration within)
            throws FileNotFoundException, ClientException, InterruptedException {
        HttpRequest request = request(project, path)
                .header("Content-Type", "application/octet-stream")
                .PUT(BodyPublishers.ofFile(file))
                .build();
        return calls.send(tried, request, within);
    }

    /** Digest of what lies below the project's part of the API, of at most so many bytes. */
    Digest digest(String tried, RepositoryId project, String path, long most, Duration within)
            throws ClientException, InterruptedException {
        return calls.digest(tried, request(project, path).build(), most, within);
    }

    /** URL of the project's part of the API. */
    String url(RepositoryId project) {
        return url + "/api/v4/projects/" + encoded(project.path());
    }

    private HttpRequest.Builder request(RepositoryId project, String path) {
        return HttpRequest.newBuilder(URI.create(url(project) + path)).header("PRIVATE-TOKEN", token);
    }

    /** One segment of a path, or a value of a query. */
    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
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
