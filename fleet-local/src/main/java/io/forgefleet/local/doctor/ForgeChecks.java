package io.forgefleet.local.doctor;

import io.forgefleet.clients.http.HttpCalls;
import io.forgefleet.runtime.config.FleetConfig;
import io.forgefleet.runtime.config.ForgeConfig;
import io.forgefleet.runtime.config.Secret;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.function.Consumer;

/** Whether the forges answer and know our token, and whether their webhooks can be checked. */
final class ForgeChecks {

    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final Consumer<Finding> tell;

    ForgeChecks(Consumer<Finding> tell) {
        this.tell = tell;
    }

    void run(FleetConfig config) throws InterruptedException {
        if (config.forges().isEmpty()) {
            return;
        }
        try (HttpClient http = HttpCalls.builder()
                .connectTimeout(TIMEOUT)
                .followRedirects(HttpClient.Redirect.NEVER)
                .build()) {
            for (ForgeConfig forge : config.forges()) {
                answers(http, forge);
                if (forge.webhookSecrets().isEmpty()) {
                    tell.accept(Finding.warn(
                            "forge " + forge.name(),
                            "there is no webhook secret, so that every webhook is refused unless a repository has one",
                            "set webhookSecrets: [\"${env:NAME}\"] in fleet.yml, and the same at the forge"));
                }
            }
        }
    }

    private void answers(HttpClient http, ForgeConfig forge) throws InterruptedException {
        String what = "forge " + forge.name();
        URI uri = self(forge);
        HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(TIMEOUT);
        Secret token = forge.token();
        if (token != null) {
            request.header("Authorization", scheme(forge) + " " + token.value());
        }
        try {
            int status = http.send(request.build(), HttpResponse.BodyHandlers.discarding())
                    .statusCode();
            tell.accept(finding(what, uri, status, token != null));
        } catch (IOException e) {
            String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
            tell.accept(Finding.fail(
                    what, forge.url() + " does not answer: " + why, "check forges/url in fleet.yml, and the network"));
        }
    }

    private static Finding finding(String what, URI uri, int status, boolean hasToken) {
        if (!hasToken) {
            return status >= 500
                    ? Finding.fail(what, uri + " answers with " + status, "is the forge well?")
                    : Finding.warn(
                            what,
                            "it answers, but there is no token: statuses cannot be posted, private code not be read",
                            "make a token there and set token: \"${env:NAME}\" in fleet.yml");
        }
        if (status == 401) {
            return Finding.fail(what, "it does not know the token (401)", "make a new token there, and set it");
        }
        // a token of few rights may not see its owner, but is known
        return status < 400 || status == 403
                ? Finding.ok(what, "it answers and knows the token")
                : Finding.fail(what, uri + " answers with " + status, "check kind and url of this forge in fleet.yml");
    }

    /** Something that only known tokens get, and all of these. */
    private static URI self(ForgeConfig forge) {
        String base = forge.url().toString();
        return URI.create(
                switch (forge.kind()) {
                    case GITHUB ->
                        (base.equals("https://github.com") ? "https://api.github.com" : base + "/api/v3")
                                + "/rate_limit";
                    case GITEA, FORGEJO -> base + "/api/v1/user";
                    case GITLAB -> base + "/api/v4/user";
                });
    }

    private static String scheme(ForgeConfig forge) {
        return switch (forge.kind()) {
            case GITEA, FORGEJO -> "token";
            case GITHUB, GITLAB -> "Bearer";
        };
    }
}
