package io.forgefleet.clients.forge.gitea;

import com.fasterxml.jackson.databind.JsonNode;
import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.ClientException.Kind;
import io.forgefleet.clients.http.HttpCalls;
import io.forgefleet.events.RepositoryId;
import io.forgefleet.events.image.Digest;
import io.forgefleet.events.wire.Json;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;

/** Calls of the API v1 with one token. Thread-safe; bounded as {@link HttpCalls} are. */
public final class GiteaApi {

    private final String root;
    private final String token;
    private final HttpCalls calls;

    /**
     * Sends nothing yet.
     *
     * @param url of the forge's pages, without a slash at the end
     */
    public GiteaApi(String url, String token, Duration timeout) {
        this.root = url + "/api/v1";
        this.token = token;
        this.calls = new HttpCalls(timeout);
    }

    /** Path of a repository's part of the API. */
    static String of(RepositoryId repository) {
        return "/repos/" + repository.path();
    }

    /** One segment of a path, or a value of a query. */
    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** Reads JSON of a repository; {@code path} begins with a slash or is empty. */
    public JsonNode get(String tried, RepositoryId repository, String path)
            throws ClientException, InterruptedException {
        return json(tried, succeeded(tried, send(tried, "GET", of(repository) + path)));
    }

    /** Posts JSON to a repository. */
    public JsonNode post(String tried, RepositoryId repository, String path, Map<String, ?> body)
            throws ClientException, InterruptedException {
        return json(tried, succeeded(tried, send(tried, "POST", of(repository) + path, body)));
    }

    /** Whatever is answered to a request without a body. */
    HttpResponse<byte[]> send(String tried, String method, String path) throws ClientException, InterruptedException {
        return calls.send(
                tried, request(path).method(method, BodyPublishers.noBody()).build());
    }

    /** Whatever is answered to a request with a body. */
    HttpResponse<byte[]> send(String tried, String method, String path, Map<String, ?> body)
            throws ClientException, InterruptedException {
        HttpRequest request = request(path)
                .header("Content-Type", "application/json")
                .method(method, BodyPublishers.ofByteArray(Json.write(body)))
                .build();
        return calls.send(tried, request);
    }

    /**
     * Streams a file as the form field that attachments have: Forgejo takes no other form.
     *
     * @throws FileNotFoundException when it cannot be read
     */
    HttpResponse<byte[]> send(String tried, String path, String mediaType, Path file, Duration within)
            throws FileNotFoundException, ClientException, InterruptedException {
        String boundary = "forgefleet-" + UUID.randomUUID();
        String head = "--" + boundary + "\r\nContent-Disposition: form-data; name=\"attachment\"; filename=\"file\"\r\n"
                + "Content-Type: " + mediaType + "\r\n\r\n";
        HttpRequest request = request(path)
                .header("Content-Type", "multipart/form-data; boundary=" + boundary)
                .POST(BodyPublishers.concat(
                        BodyPublishers.ofString(head),
                        BodyPublishers.ofFile(file),
                        BodyPublishers.ofString("\r\n--" + boundary + "--\r\n")))
                .build();
        return calls.send(tried, request, within);
    }

    /** What a URL of this forge names, at the address that is configured. */
    URI here(URI told) {
        URI api = URI.create(root);
        return api.resolve(told.getRawPath() + (told.getRawQuery() == null ? "" : "?" + told.getRawQuery()));
    }

    /** Digest of what lies at a URL of this forge, of at most so many bytes. */
    Digest digest(String tried, URI at, long most, Duration within) throws ClientException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(at)
                .header("Authorization", "token " + token)
                .build();
        return calls.digest(tried, request, most, within);
    }

    static HttpResponse<byte[]> succeeded(String tried, HttpResponse<byte[]> answer) throws ClientException {
        if (answer.statusCode() / 100 != 2) {
            throw HttpCalls.failure(tried, answer);
        }
        return answer;
    }

    static JsonNode json(String tried, HttpResponse<byte[]> answer) throws ClientException {
        try {
            return Json.mapper().readTree(answer.body());
        } catch (IOException e) {
            throw notUnderstood(tried, e);
        }
    }

    /** What an answer is that is none of this API: a login page, half of one, of a proxy. */
    public static ClientException notUnderstood(String tried, Exception why) {
        return new ClientException(
                Kind.UNAVAILABLE, "could not " + tried + ": the answer is not understood: " + why.getMessage(), why);
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(root + path))
                .header("Accept", "application/json")
                .header("Authorization", "token " + token);
    }
}
