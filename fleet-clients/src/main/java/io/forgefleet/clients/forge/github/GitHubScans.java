package io.forgefleet.clients.forge.github;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.ClientException.Kind;
import io.forgefleet.clients.forge.scan.CodeScans;
import io.forgefleet.clients.forge.scan.ScanUpload;
import io.forgefleet.clients.http.HttpCalls;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.RepositoryId;
import io.forgefleet.events.wire.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;

/** GitHub's code scanning ({@code POST /repos/O/R/code-scanning/sarifs}), which github-api does not know. */
public final class GitHubScans implements CodeScans {

    private static final String PATH = "/code-scanning/sarifs";
    private static final int MOST_ERRORS = 50;

    private final GitHubApi api;
    private final Duration firstWait;
    private final Duration longest;

    public GitHubScans(GitHubApi api) {
        this(api, Duration.ofSeconds(2), Duration.ofMinutes(2));
    }

    /**
     * @param firstWait before GitHub is asked whether it has read an upload; doubles each time, up to 15 s
     * @param longest that all waits together may take
     */
    GitHubScans(GitHubApi api, Duration firstWait, Duration longest) {
        this.api = api;
        this.firstWait = firstWait;
        this.longest = longest;
    }

    @Override
    public ScanUpload upload(RepositoryId repository, CommitId commit, String ref, byte[] sarif)
            throws ClientException, InterruptedException {
        String tried = "upload findings of " + repository + "@" + commit + " for " + ref;
        byte[] compressed = compressed(open(tried, sarif));
        if (compressed.length > MOST_COMPRESSED) {
            throw new ClientException(
                    Kind.REFUSED,
                    "could not " + tried + ": they are " + compressed.length + " bytes compressed, more than "
                            + MOST_COMPRESSED + "; raise the severity that is reported");
        }
        byte[] body = Json.write(Map.of(
                "commit_sha",
                commit.value(),
                "ref",
                ref,
                "sarif",
                Base64.getEncoder().encodeToString(compressed)));
        JsonNode taken = GitHubApi.json(tried, succeeded(tried, api.send(tried, repository, "POST", PATH, body)));
        String id = taken.path("id").asText();
        if (!id.matches("[A-Za-z0-9-]{1,100}")) {
            throw new ClientException(
                    Kind.UNAVAILABLE, "could not " + tried + ": the answer is not understood: it names no upload");
        }
        return read(tried, repository, id);
    }

    private ScanUpload read(String tried, RepositoryId repository, String id)
            throws ClientException, InterruptedException {
        Duration waited = Duration.ZERO;
        Duration wait = firstWait;
        while (true) {
            Thread.sleep(wait);
            waited = waited.plus(wait);
            Optional<ScanUpload> upload = status(tried, repository, id);
            if (upload.isPresent()) {
                return upload.get();
            }
            if (waited.compareTo(longest) >= 0) {
                throw new ClientException(
                        Kind.UNAVAILABLE,
                        "could not " + tried + ": GitHub took upload " + id + " and has not read it within "
                                + waited.toSeconds() + " s; see the Security page of the repository");
            }
            Duration doubled = wait.multipliedBy(2);
            wait = doubled.compareTo(Duration.ofSeconds(15)) > 0 ? Duration.ofSeconds(15) : doubled;
        }
    }

    private Optional<ScanUpload> status(String tried, RepositoryId repository, String id)
            throws ClientException, InterruptedException {
        HttpResponse<byte[]> answer = api.send(tried, repository, "GET", PATH + "/" + id, null);
        if (answer.statusCode() == 404) {
            return Optional.empty(); // not known everywhere yet
        }
        JsonNode status = GitHubApi.json(tried, succeeded(tried, answer));
        return switch (status.path("processing_status").asText()) {
            case "complete" -> Optional.of(new ScanUpload(id, List.of()));
            case "failed" -> Optional.of(new ScanUpload(id, errors(status.path("errors"))));
            default -> Optional.empty();
        };
    }

    private static List<String> errors(JsonNode told) {
        List<String> errors = new ArrayList<>();
        for (JsonNode error : told) {
            if (errors.size() < MOST_ERRORS) {
                errors.add(error.asText());
            }
        }
        return errors.isEmpty() ? List.of("GitHub could not read them and does not say why") : errors;
    }

    private static HttpResponse<byte[]> succeeded(String tried, HttpResponse<byte[]> answer) throws ClientException {
        if (answer.statusCode() / 100 == 2) {
            return answer;
        }
        ClientException refused = HttpCalls.failure(tried, answer);
        throw refused.kind() == Kind.UNAUTHORIZED || refused.kind() == Kind.NOT_FOUND
                ? refused.advising("code scanning has to be on for the repository, and the token needs the scope"
                        + " security_events (of an app: Code scanning alerts, write)")
                : refused;
    }

    /** Without what is suppressed. */
    private static byte[] open(String tried, byte[] sarif) throws ClientException {
        try {
            JsonNode log = Json.mapper().readTree(sarif);
            for (JsonNode run : log.path("runs")) {
                if (run.get("results") instanceof ArrayNode results) {
                    results.removeIf(result -> !result.path("suppressions").isEmpty());
                }
            }
            return Json.write(log);
        } catch (IOException e) {
            throw new ClientException(Kind.REFUSED, "could not " + tried + ": they are not JSON: " + e.getMessage(), e);
        }
    }

    private static byte[] compressed(byte[] sarif) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(sarif);
        } catch (IOException e) {
            throw new UncheckedIOException("memory does not fail to be written", e);
        }
        return bytes.toByteArray();
    }
}
