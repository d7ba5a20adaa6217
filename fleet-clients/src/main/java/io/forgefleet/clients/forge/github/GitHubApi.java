package io.forgefleet.clients.forge.github;

import com.fasterxml.jackson.databind.JsonNode;
import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.ClientException.Kind;
import io.forgefleet.clients.http.HttpCalls;
import io.forgefleet.clients.http.RetryAfter;
import io.forgefleet.events.RepositoryId;
import io.forgefleet.events.image.Digest;
import io.forgefleet.events.wire.Json;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.kohsuke.github.GHException;
import org.kohsuke.github.GHFileNotFoundException;
import org.kohsuke.github.GHRepository;
import org.kohsuke.github.GitHub;
import org.kohsuke.github.GitHubAbuseLimitHandler;
import org.kohsuke.github.GitHubBuilder;
import org.kohsuke.github.GitHubRateLimitHandler;
import org.kohsuke.github.HttpException;

/** Calls of GitHub's API with one token. Thread-safe; the library is loaded with the first call. */
public final class GitHubApi {

    private static final String GITHUB = "https://github.com";
    private static final int MOST_REPOSITORIES = 1000;

    private final String root;
    private final String token;
    private final HttpCalls calls;
    private final Map<String, GHRepository> repositories = new ConcurrentHashMap<>();
    private @Nullable GitHub github;

    /**
     * Sends nothing yet.
     *
     * @param url of the forge's pages, without a slash at the end
     */
    public GitHubApi(String url, String token, Duration timeout) {
        this.root = url.equals(GITHUB) ? "https://api.github.com" : url + "/api/v3";
        this.token = token;
        this.calls = new HttpCalls(timeout);
    }

    /** A call of the library. */
    @FunctionalInterface
    public interface Call<T> {
        /** Calls it. */
        T run() throws IOException;
    }

    /** Calls the library and tells its failures apart. */
    public <T> T call(String tried, Call<T> call) throws ClientException, InterruptedException {
        try {
            return call.run();
        } catch (IOException | RuntimeException e) {
            if (Thread.interrupted()) {
                throw (InterruptedException) new InterruptedException("interrupted in: " + tried).initCause(e);
            }
            // iterators and builders of the library wrap what happened
            Exception happened = e instanceof GHException && e.getCause() instanceof IOException cause ? cause : e;
            throw failure(tried, happened);
        }
    }

    /** The library's repository, which costs a request the first time. */
    public GHRepository repository(RepositoryId repository) throws IOException {
        GHRepository known = repositories.get(repository.path());
        if (known != null) {
            return known;
        }
        if (repositories.size() >= MOST_REPOSITORIES) {
            repositories.clear();
        }
        GHRepository found = github().getRepository(repository.path());
        repositories.put(repository.path(), found);
        return found;
    }

    /**
     * Sends what the library does not know.
     *
     * @param path below the repository's part of the API
     * @param body JSON, null for none
     */
    HttpResponse<byte[]> send(String tried, RepositoryId repository, String method, String path, byte @Nullable [] body)
            throws ClientException, InterruptedException {
        return calls.send(
                tried,
                request(uri(repository, path))
                        .header("Accept", "application/vnd.github+json")
                        .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body))
                        .build());
    }

    /**
     * Streams a file to where an answer of the API said.
     *
     * @throws FileNotFoundException when it cannot be read
     */
    HttpResponse<byte[]> send(String tried, URI to, String mediaType, Path file, Duration within)
            throws FileNotFoundException, ClientException, InterruptedException {
        if (!String.valueOf(to.getScheme()).equals(URI.create(root).getScheme())) {
            throw new ClientException(Kind.UNAVAILABLE, "could not " + tried + ": it is to go to " + to);
        }
        HttpRequest request = request(to)
                .header("Accept", "application/vnd.github+json")
                .header("Content-Type", mediaType)
                .POST(BodyPublishers.ofFile(file))
                .build();
        return calls.send(tried, request, within);
    }

    /** Digest of what lies below the repository's part of the API, of at most so many bytes. */
    Digest digest(String tried, RepositoryId repository, String path, long most, Duration within)
            throws ClientException, InterruptedException {
        HttpRequest request = request(uri(repository, path))
                .header("Accept", "application/octet-stream")
                .build();
        return calls.digest(tried, request, most, within);
    }

    private URI uri(RepositoryId repository, String path) {
        return URI.create(root + "/repos/" + repository.path() + path);
    }

    private HttpRequest.Builder request(URI uri) {
        return HttpRequest.newBuilder(uri).header("Authorization", "Bearer " + token);
    }

    static JsonNode json(String tried, HttpResponse<byte[]> answer) throws ClientException {
        try {
            return Json.mapper().readTree(answer.body());
        } catch (IOException e) {
            throw notUnderstood(tried, e);
        }
    }

    /** What an answer is that is none of this API: a login page, half of one, of a proxy. */
    static ClientException notUnderstood(String tried, Exception why) {
        return new ClientException(
                Kind.UNAVAILABLE, "could not " + tried + ": the answer is not understood: " + why.getMessage(), why);
    }

    private synchronized GitHub github() throws IOException {
        GitHub known = github;
        if (known == null) {
            known = new GitHubBuilder()
                    .withEndpoint(root)
                    .withOAuthToken(token)
                    .withConnector(new GitHubConnection(calls))
                    .withRateLimitHandler(GitHubRateLimitHandler.FAIL)
                    .withAbuseLimitHandler(GitHubAbuseLimitHandler.FAIL)
                    .build();
            github = known;
        }
        return known;
    }

    private static ClientException failure(String tried, Exception happened) {
        if (happened instanceof GHFileNotFoundException) {
            String message = "could not " + tried + ": answered 404 " + happened.getMessage();
            return new ClientException(Kind.NOT_FOUND, message, happened);
        }
        if (!(happened instanceof HttpException answered) || answered.getResponseCode() < 400) {
            // there was no answer, or one that is not GitHub's
            return new ClientException(Kind.UNAVAILABLE, "could not " + tried + ": " + happened.getMessage(), happened);
        }
        int status = answered.getResponseCode();
        Map<String, List<String>> headers =
                Objects.requireNonNullElse(answered.getResponseHeaderFields(), Map.<String, List<String>>of());
        Optional<Duration> wait = RetryAfter.of(headers, Instant.now());
        return new ClientException(
                HttpCalls.kind(status, wait.isPresent()),
                "could not " + tried + ": answered " + status + " " + answered.getMessage(),
                wait.orElse(null),
                answered);
    }
}
