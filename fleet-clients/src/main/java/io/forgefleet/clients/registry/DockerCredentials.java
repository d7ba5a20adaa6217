package io.forgefleet.clients.registry;

import com.fasterxml.jackson.databind.JsonNode;
import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.ClientException.Kind;
import io.forgefleet.clients.tool.Command;
import io.forgefleet.events.wire.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Credentials as {@code docker login} keeps them: {@code config.json} with its credential helpers. Read anew for each
 * question, since helpers hand out tokens that expire. Thread-safe.
 */
public final class DockerCredentials {

    private static final String HUB = "docker.io";
    private static final String HUB_KEY = "https://index.docker.io/v1/";
    private static final Duration HELPER_TIMEOUT = Duration.ofSeconds(20);
    private static final int MOST_OUTPUT = 1 << 20;

    private final Path file;
    private final Map<String, String> environment;

    /**
     * @param file a {@code config.json}; none need be there
     * @param environment for credential helpers
     */
    public DockerCredentials(Path file, Map<String, String> environment) {
        this.file = file;
        this.environment = Map.copyOf(environment);
    }

    /** Those of this process: {@code $DOCKER_CONFIG}, else {@code ~/.docker}. */
    public static DockerCredentials ofThisProcess() {
        String folder = System.getenv("DOCKER_CONFIG");
        Path directory = folder == null || folder.isEmpty()
                ? Path.of(System.getProperty("user.home"), ".docker")
                : Path.of(folder);
        return new DockerCredentials(directory.resolve("config.json"), System.getenv());
    }

    /**
     * What opens a registry.
     *
     * @param host registry with port, as in image names
     * @return empty when there is nothing for it: anonymous access
     */
    public Optional<Credential> of(String host) throws ClientException, InterruptedException {
        JsonNode config = read();
        String key = host.equals(HUB) ? HUB_KEY : host;
        String helper = config.path("credHelpers").path(host).asText("");
        if (helper.isEmpty()) {
            helper = config.path("credsStore").asText("");
        }
        Optional<Credential> found = helper.isEmpty() ? Optional.empty() : ask(helper, key);
        return found.isPresent() ? found : stored(config.path("auths"), host, key);
    }

    private JsonNode read() throws ClientException {
        if (!Files.exists(file)) {
            return Json.mapper().createObjectNode();
        }
        try {
            return Json.mapper().readTree(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new ClientException(
                    Kind.REFUSED, "credentials of registries could not be read from " + file + "; it must be JSON", e);
        }
    }

    private static Optional<Credential> stored(JsonNode auths, String host, String key) throws ClientException {
        for (String name : List.of(key, host, "https://" + host, "http://" + host, "https://" + host + "/v1/")) {
            JsonNode entry = auths.path(name);
            String token = entry.path("identitytoken").asText("");
            if (!token.isEmpty()) {
                return Optional.of(new Credential("", token, true));
            }
            String auth = entry.path("auth").asText("");
            if (!auth.isEmpty()) {
                return Optional.of(decoded(auth, name));
            }
        }
        return Optional.empty();
    }

    private static Credential decoded(String auth, String name) throws ClientException {
        String text;
        try {
            text = new String(Base64.getDecoder().decode(auth), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            text = "";
        }
        int colon = text.indexOf(':');
        if (colon < 0) {
            throw new ClientException(
                    Kind.REFUSED, "the entry of " + name + " in Docker's config.json is damaged; docker login again");
        }
        return new Credential(text.substring(0, colon), text.substring(colon + 1), false);
    }

    private Optional<Credential> ask(String helper, String key) throws ClientException, InterruptedException {
        String program = "docker-credential-" + helper;
        Command.Result result =
                new Command(List.of(program, "get"), environment, null, key, HELPER_TIMEOUT).run(MOST_OUTPUT);
        if (result.exit() != 0) {
            if (result.text().contains("credentials not found")) {
                return Optional.empty();
            }
            // what it printed may hold the secret
            throw new ClientException(
                    Kind.UNAVAILABLE, program + " ended with " + result.exit() + " when asked for " + key);
        }
        try {
            JsonNode answer = Json.mapper().readTree(result.output());
            String user = answer.path("Username").asText("");
            boolean token = user.equals("<token>");
            return Optional.of(
                    new Credential(token ? "" : user, answer.path("Secret").asText(""), token));
        } catch (IOException e) {
            throw new ClientException(Kind.UNAVAILABLE, program + " did not answer with JSON when asked for " + key);
        }
    }
}
