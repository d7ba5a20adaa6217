package io.forgefleet.host.gitea;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.forgefleet.host.process.FreePort;
import io.forgefleet.host.process.ManagedProcess;
import io.forgefleet.host.process.ProcessSpec;
import io.forgefleet.host.process.Program;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Gitea with an empty database in a directory of its own, and one administrator. Webhooks may go to loopback; container
 * packages are on. Thread-safe.
 */
public final class GiteaProcess implements AutoCloseable {

    /** Name of the administrator. */
    public static final String ADMIN = "fleet-admin";

    private static final Duration READY_WITHIN = Duration.ofMinutes(1);
    private static final Duration PREPARED_WITHIN = Duration.ofMinutes(1);
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final URI url;
    private final ManagedProcess process;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
    private String token = "";

    private GiteaProcess(URI url, ManagedProcess process) {
        this.url = url;
        this.process = process;
    }

    /** Whether {@code gitea} is on {@code PATH}. */
    public static boolean isAvailable() {
        return Program.onPath("gitea").isPresent();
    }

    /**
     * Starts it and returns once it answers.
     *
     * @param directory empty or not yet there; holds all of it
     * @throws IllegalStateException when there is no {@code gitea}, or why it does not start
     */
    public static GiteaProcess start(Path directory) throws InterruptedException {
        Path program = Program.onPath("gitea")
                .orElseThrow(() -> new IllegalStateException(
                        "no `gitea` on PATH: get it from https://dl.gitea.com or run the image gitea/gitea"));
        Path folder = directory.toAbsolutePath();
        URI url = URI.create("http://127.0.0.1:" + FreePort.find() + "/");
        Path ini = configuration(program, folder, url);
        String password = UUID.randomUUID().toString();
        List<String> user = List.of("admin", "user", "create", "--admin", "--must-change-password=false");
        List<String> create = new ArrayList<>(user);
        create.addAll(
                List.of("--username=" + ADMIN, "--email=" + ADMIN + "@example.invalid", "--password=" + password));
        run(program, ini, List.of("migrate"));
        run(program, ini, create);
        ManagedProcess process = ManagedProcess.start(spec(program, ini, "gitea.log", List.of("web")));
        GiteaProcess gitea = new GiteaProcess(url, process);
        process.awaitOk(url.resolve("api/v1/version"), READY_WITHIN);
        gitea.token = gitea.newToken(ADMIN, password);
        return gitea;
    }

    /** {@code http://127.0.0.1:PORT/}. */
    public URI url() {
        return url;
    }

    /** Token of the administrator, for everything. */
    public String token() {
        return token;
    }

    /** Makes a user and returns a token for everything that it may do. */
    public String createUser(String name) throws InterruptedException {
        String password = UUID.randomUUID().toString();
        call(
                "POST",
                "admin/users",
                Map.of(
                        "username",
                        name,
                        "email",
                        name + "@example.invalid",
                        "password",
                        password,
                        "must_change_password",
                        false));
        return newToken(name, password);
    }

    /** A call of the API by the administrator; fails unless it is answered with 2xx. */
    public JsonNode call(String method, String path, @Nullable Object body) throws InterruptedException {
        return call("token " + token, method, path, body);
    }

    /** A call of the API by the owner of a token; fails unless it is answered with 2xx. */
    public JsonNode callAs(String userToken, String method, String path, @Nullable Object body)
            throws InterruptedException {
        return call("token " + userToken, method, path, body);
    }

    /** {@code kill -9}. */
    public void kill() {
        process.kill();
    }

    @Override
    public void close() {
        http.shutdownNow();
        process.close();
    }

    private String newToken(String name, String password) throws InterruptedException {
        String basic = Base64.getEncoder().encodeToString((name + ":" + password).getBytes(StandardCharsets.UTF_8));
        Map<String, Object> body = Map.of("name", UUID.randomUUID().toString(), "scopes", List.of("all"));
        return call("Basic " + basic, "POST", "users/" + name + "/tokens", body)
                .path("sha1")
                .asText();
    }

    private JsonNode call(String authorization, String method, String path, @Nullable Object body)
            throws InterruptedException {
        try {
            HttpRequest request = HttpRequest.newBuilder(url.resolve("api/v1/" + path))
                    .timeout(TIMEOUT)
                    .header("Authorization", authorization)
                    .header("Content-Type", "application/json")
                    .method(
                            method,
                            body == null
                                    ? BodyPublishers.noBody()
                                    : BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body)))
                    .build();
            HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
            if (response.statusCode() / 100 != 2) {
                throw new IllegalStateException(
                        method + " " + path + " answered " + response.statusCode() + ": " + response.body());
            }
            return response.body().isEmpty() ? JSON.createObjectNode() : JSON.readTree(response.body());
        } catch (IOException e) {
            throw new UncheckedIOException(method + " " + path + " failed", e);
        }
    }

    private static void run(Path program, Path ini, List<String> arguments) throws InterruptedException {
        try (ManagedProcess process = ManagedProcess.start(spec(program, ini, "gitea-prepare.log", arguments))) {
            long deadline = System.nanoTime() + PREPARED_WITHIN.toNanos();
            while (process.isAlive() && System.nanoTime() < deadline) {
                Thread.sleep(20);
            }
        }
    }

    private static ProcessSpec spec(Path program, Path ini, String log, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(program.toString(), "-c", ini.toString()));
        command.addAll(arguments);
        Path folder = ini.resolveSibling("");
        return ProcessSpec.of("gitea", folder.resolve(log), command).with(Map.of("HOME", folder.toString()));
    }

    private static Path configuration(Path program, Path folder, URI url) {
        try {
            Path assets = program.toRealPath().resolveSibling("");
            // a build that carries its assets within itself has none beside it
            String root = Files.isDirectory(assets.resolve("templates")) ? "STATIC_ROOT_PATH = " + assets : "";
            Files.createDirectories(folder);
            return Files.writeString(folder.resolve("app.ini"), """
                    RUN_USER = %s
                    I_AM_BEING_UNSAFE_RUNNING_AS_ROOT = true
                    WORK_PATH = %s
                    [server]
                    HTTP_ADDR = 127.0.0.1
                    HTTP_PORT = %d
                    ROOT_URL = %s
                    DISABLE_SSH = true
                    OFFLINE_MODE = true
                    LFS_START_SERVER = true
                    %s
                    [database]
                    DB_TYPE = sqlite3
                    [security]
                    INSTALL_LOCK = true
                    SECRET_KEY = %s
                    [webhook]
                    ALLOWED_HOST_LIST = loopback
                    [packages]
                    ENABLED = true
                    [log]
                    LEVEL = Warn
                    """.formatted(
                            System.getProperty("user.name"), folder, url.getPort(), url, root, UUID.randomUUID()));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot prepare Gitea in " + folder, e);
        }
    }
}
