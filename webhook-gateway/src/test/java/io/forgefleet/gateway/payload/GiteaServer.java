package io.forgefleet.gateway.payload;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A real Gitea in a folder of its own, with some users who may do everything. */
final class GiteaServer implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path folder;
    private final List<String> command;
    private final String url;
    private final HttpClient http = HttpClient.newHttpClient();
    private @Nullable Process server;

    private GiteaServer(String binary, Path staticRoot) throws IOException {
        this.folder = Files.createTempDirectory("gitea");
        int port = freePort();
        this.url = "http://127.0.0.1:" + port;
        Path ini = Files.writeString(folder.resolve("app.ini"), configuration(staticRoot, port));
        this.command = List.of(binary, "-c", ini.toString());
    }

    /** Starts it; {@code staticRoot} has Gitea's {@code options}, {@code templates} and {@code public}. */
    static GiteaServer start(String binary, Path staticRoot, String... users) throws IOException, InterruptedException {
        GiteaServer gitea = new GiteaServer(binary, staticRoot);
        gitea.run("migrate");
        for (String user : users) {
            gitea.run(
                    "admin",
                    "user",
                    "create",
                    "--admin",
                    "--must-change-password=false",
                    "--email=" + user + "@example.invalid",
                    "--username=" + user,
                    "--password=" + password(user));
        }
        gitea.server = gitea.start("web");
        gitea.awaitStart(users[0]);
        return gitea;
    }

    String cloneUrl(String user, String repository) {
        return url.replace("//", "//" + user + ":" + password(user) + "@") + "/" + repository + ".git";
    }

    JsonNode call(String user, String method, String path, @Nullable Map<String, Object> body)
            throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url + "/api/v1" + path))
                .header("Content-Type", "application/json")
                .header("Authorization", "Basic " + base64(user + ":" + password(user)))
                .method(
                        method,
                        body == null
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body)))
                .build();
        HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() >= 400) {
            throw new IllegalStateException(method + " " + path + ": " + response.statusCode() + " " + response.body());
        }
        return JSON.readTree(response.body());
    }

    private void awaitStart(String user) throws InterruptedException {
        for (int i = 0; i < 150; i++) {
            try {
                call(user, "GET", "/version", null);
                return;
            } catch (IOException e) {
                Thread.sleep(200);
            }
        }
        throw new IllegalStateException("Gitea did not start; see " + folder.resolve("gitea.log"));
    }

    void git(String... arguments) throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(List.of("git", "-c", "user.name=Dana", "-c", "user.email=dana@example.invalid"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .inheritIO()
                .start();
        if (process.waitFor() != 0) {
            throw new IllegalStateException("git " + arguments[0] + " failed");
        }
    }

    private Process start(String... arguments) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(new ArrayList<>(command));
        builder.command().addAll(List.of(arguments));
        builder.environment().put("HOME", folder.toString());
        return builder.redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        folder.resolve("gitea.log").toFile()))
                .start();
    }

    private void run(String... arguments) throws IOException, InterruptedException {
        if (start(arguments).waitFor() != 0) {
            throw new IllegalStateException("gitea " + arguments[0] + " failed; see " + folder.resolve("gitea.log"));
        }
    }

    private String configuration(Path staticRoot, int port) {
        return """
                RUN_USER = %s
                I_AM_BEING_UNSAFE_RUNNING_AS_ROOT = true
                WORK_PATH = %s
                [server]
                HTTP_ADDR = 127.0.0.1
                HTTP_PORT = %d
                ROOT_URL = http://forge.example/
                DISABLE_SSH = true
                OFFLINE_MODE = true
                STATIC_ROOT_PATH = %s
                [database]
                DB_TYPE = sqlite3
                [security]
                INSTALL_LOCK = true
                SECRET_KEY = recorder
                [webhook]
                ALLOWED_HOST_LIST = loopback
                """.formatted(System.getProperty("user.name"), folder, port, staticRoot.toAbsolutePath());
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static String password(String user) {
        return user + "-password";
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
    }

    @Override
    public void close() {
        if (server != null) {
            server.destroy();
        }
    }
}
