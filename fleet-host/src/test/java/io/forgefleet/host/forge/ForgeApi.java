package io.forgefleet.host.forge;

import io.forgefleet.host.forge.repository.Account;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Optional;

/** Somebody's calls of the forge's API. */
final class ForgeApi {

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final LocalForge forge;
    private final Optional<String> token;

    private ForgeApi(LocalForge forge, Optional<String> token) {
        this.forge = forge;
        this.token = token;
    }

    static ForgeApi as(LocalForge forge, Account account) {
        return new ForgeApi(forge, Optional.of(account.token()));
    }

    static ForgeApi withToken(LocalForge forge, String token) {
        return new ForgeApi(forge, Optional.of(token));
    }

    static ForgeApi anonymous(LocalForge forge) {
        return new ForgeApi(forge, Optional.empty());
    }

    HttpResponse<String> send(String method, String path, String body) throws IOException, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(forge.url().resolve(path)).method(method, BodyPublishers.ofString(body));
        token.ifPresent(t -> request.header("Authorization", "token " + t));
        return HTTP.send(request.build(), BodyHandlers.ofString());
    }

    /** Sends a form with one file. */
    HttpResponse<String> form(String path, String field, String content) throws IOException, InterruptedException {
        String body = "--b\r\nContent-Disposition: form-data; name=\"" + field + "\"; filename=\"file\"\r\n"
                + "Content-Type: text/plain\r\n\r\n" + content + "\r\n--b--\r\n";
        HttpRequest.Builder request = HttpRequest.newBuilder(forge.url().resolve(path))
                .header("Content-Type", "multipart/form-data; boundary=b")
                .POST(BodyPublishers.ofString(body));
        token.ifPresent(t -> request.header("Authorization", "token " + t));
        return HTTP.send(request.build(), BodyHandlers.ofString());
    }

    int status(String path) throws IOException, InterruptedException {
        return send("GET", path, "").statusCode();
    }

    JsonObject get(String path) throws IOException, InterruptedException {
        return new JsonObject(send("GET", path, "").body());
    }
}
