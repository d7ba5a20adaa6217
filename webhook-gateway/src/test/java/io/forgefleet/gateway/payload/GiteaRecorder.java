package io.forgefleet.gateway.payload;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Records the deliveries of a real Gitea as fixtures: {@code GiteaRecorder GITEA STATIC_ROOT FIXTURES}, where the second
 * is the folder with Gitea's {@code options}, {@code templates} and {@code public}. Run it anew for each new Gitea, then
 * {@code PayloadFixturesTest} with {@code -Dfixtures.update=true}, and read what has changed.
 */
final class GiteaRecorder implements AutoCloseable {

    static final String SECRET = "recorded secret";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String OWNER = "dana";
    private static final String STRANGER = "sam";
    private static final List<String> EVENTS = List.of(
            "push",
            "create",
            "delete",
            "fork",
            "issues",
            "issue_comment",
            "pull_request",
            "pull_request_label",
            "pull_request_comment",
            "pull_request_review_approved",
            "pull_request_review_comment",
            "pull_request_sync",
            "release");

    private record Delivery(String type, String content) {}

    private final Path folder;
    private final Path fixtures;
    private final List<String> gitea;
    private final String url;
    private final Process server;
    private final HttpServer receiver;
    private final BlockingQueue<Delivery> received = new LinkedBlockingQueue<>();
    private final HttpClient http = HttpClient.newHttpClient();

    private GiteaRecorder(String binary, Path staticRoot, Path fixtures) throws IOException, InterruptedException {
        this.fixtures = fixtures;
        this.folder = Files.createTempDirectory("gitea-recorder");
        int port = freePort();
        this.url = "http://127.0.0.1:" + port;
        Path ini = folder.resolve("app.ini");
        Files.writeString(ini, configuration(staticRoot, port));
        this.gitea = List.of(binary, "-c", ini.toString());
        run("migrate");
        for (String user : List.of(OWNER, STRANGER)) {
            run(
                    "admin",
                    "user",
                    "create",
                    "--admin",
                    "--must-change-password=false",
                    "--email=" + user + "@example.invalid",
                    "--username=" + user,
                    "--password=" + password(user));
        }
        this.server = start("web");
        this.receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.createContext("/", this::receive);
        receiver.start();
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        Path fixtures = Files.createDirectories(Path.of(args[2]));
        try (GiteaRecorder recorder = new GiteaRecorder(args[0], Path.of(args[1]), fixtures)) {
            recorder.awaitStart();
            recorder.branches();
            recorder.tags();
            recorder.pullRequests();
            recorder.forks();
            recorder.forms();
        }
    }

    private void branches() throws IOException, InterruptedException {
        repository("app", "json");
        file("app", "topic", "main", "a.txt", "one", null);
        keep("push-branch-created", "push");
        String blob = sha("app", "topic", "a.txt");
        file("app", "topic", null, "a.txt", "two", blob);
        keep("push-branch-updated", "push");
        call(OWNER, "DELETE", "/repos/dana/app/branches/topic", null);
        keep("delete-branch", "delete");
        call(OWNER, "POST", "/repos/dana/app/branches", Map.of("new_branch_name", "plain", "old_ref_name", "main"));
        keep("create-branch", "create");
    }

    private void tags() throws IOException, InterruptedException {
        call(OWNER, "POST", "/repos/dana/app/tags", Map.of("tag_name", "v1", "target", "main"));
        keep("push-tag-lightweight", "push", "refs/tags/v1");
        git("clone", "--quiet", url.replace("//", "//dana:" + password(OWNER) + "@") + "/dana/app.git", "clone");
        git("-C", "clone", "tag", "--annotate", "--message=Second version", "v2");
        git("-C", "clone", "push", "--quiet", "origin", "v2");
        keep("push-tag-annotated", "push", "refs/tags/v2");
        call(OWNER, "DELETE", "/repos/dana/app/tags/v1", null);
        keep("push-tag-deleted", "push", "refs/tags/v1");
        keep("delete-tag", "delete");
    }

    private void pullRequests() throws IOException, InterruptedException {
        file("app", "fix", "main", "b.txt", "one", null);
        String pulls = "/repos/dana/app/pulls";
        call(OWNER, "POST", pulls, Map.of("head", "fix", "base", "main", "title", "Fix it"));
        keep("pull-opened", "pull_request");
        file("app", "fix", null, "b.txt", "two", sha("app", "fix", "b.txt"));
        keep("pull-synchronized", "pull_request_sync");
        pull("pull-draft", Map.of("title", "WIP: Fix it"));
        pull("pull-ready", Map.of("title", "Fix it"));
        pull("pull-renamed", Map.of("title", "Fix it all"));
        call(OWNER, "POST", "/repos/dana/app/branches", Map.of("new_branch_name", "next", "old_ref_name", "main"));
        pull("pull-retargeted", Map.of("base", "next"));
        JsonNode label = call(OWNER, "POST", "/repos/dana/app/labels", Map.of("name", "ok", "color", "#00ff00"));
        call(
                OWNER,
                "POST",
                "/repos/dana/app/issues/1/labels",
                Map.of("labels", List.of(label.get("id").asLong())));
        keep("pull-labelled", "pull_request_label");
        call(OWNER, "DELETE", "/repos/dana/app/issues/1/labels", null);
        keep("pull-labels-cleared", "pull_request_label");
        call(STRANGER, "POST", "/repos/dana/app/issues/1/comments", Map.of("body", "/ok-to-test 🚀"));
        keep("comment-on-pull", "pull_request_comment");
        call(STRANGER, "POST", pulls + "/1/reviews", Map.of("event", "COMMENT", "body", "Looks odd"));
        keep("review-comment", "pull_request_review_comment");
        call(STRANGER, "POST", pulls + "/1/reviews", Map.of("event", "APPROVED", "body", "Fine"));
        keep("review-approved", "pull_request_review_approved");
        pull("pull-closed", Map.of("state", "closed"));
        pull("pull-reopened", Map.of("state", "open"));
        awaitMergeable(pulls + "/1");
        call(OWNER, "POST", pulls + "/1/merge", Map.of("Do", "merge"));
        keep("pull-merged", "pull_request");
        call(OWNER, "POST", "/repos/dana/app/issues", Map.of("title", "A question"));
        keep("issue-opened", "issues");
        call(OWNER, "POST", "/repos/dana/app/issues/2/comments", Map.of("body", "An answer"));
        keep("comment-on-issue", "issue_comment");
    }

    private void pull(String name, Map<String, Object> change) throws IOException, InterruptedException {
        call(OWNER, "PATCH", "/repos/dana/app/pulls/1", change);
        keep(name, "pull_request");
    }

    private void forks() throws IOException, InterruptedException {
        call(STRANGER, "POST", "/repos/dana/app/forks", Map.of());
        Map<String, Object> content =
                Map.of("content", base64("stranger"), "branch", "main", "new_branch", "gift", "message", "A gift");
        call(STRANGER, "POST", "/repos/sam/app/contents/c.txt", content);
        call(
                STRANGER,
                "POST",
                "/repos/dana/app/pulls",
                Map.of("head", "sam:gift", "base", "main", "title", "[WIP] A gift"));
        keep("pull-opened-from-fork", "pull_request");
        call(STRANGER, "DELETE", "/repos/sam/app", null);
        keep("pull-closed-by-deletion-of-fork", "pull_request");
        call(OWNER, "PATCH", "/repos/dana/app/pulls/3", Map.of("title", "A gift"));
        keep("pull-ready-fork-gone", "pull_request");
    }

    private void forms() throws IOException, InterruptedException {
        repository("forms", "form");
        file("forms", "topic", "main", "a.txt", "one + one & 100 %", null);
        keep("push-as-form", "push");
    }

    private void repository(String name, String contentType) throws IOException, InterruptedException {
        call(OWNER, "POST", "/user/repos", Map.of("name", name, "auto_init", true, "default_branch", "main"));
        Map<String, Object> config = Map.of(
                "url",
                "http://127.0.0.1:" + receiver.getAddress().getPort(),
                "content_type",
                contentType,
                "secret",
                SECRET);
        call(
                OWNER,
                "POST",
                "/repos/dana/" + name + "/hooks",
                Map.of("type", "gitea", "active", true, "events", EVENTS, "config", config));
    }

    private void file(
            String repository, String branch, @Nullable String from, String path, String text, @Nullable String blob)
            throws IOException, InterruptedException {
        Map<String, Object> content = from != null
                ? Map.of("content", base64(text), "branch", from, "new_branch", branch, "message", "Add " + path)
                : Map.of("content", base64(text), "branch", branch, "sha", String.valueOf(blob), "message", "Go on");
        call(OWNER, from != null ? "POST" : "PUT", "/repos/dana/" + repository + "/contents/" + path, content);
    }

    private String sha(String repository, String branch, String path) throws IOException, InterruptedException {
        return call(OWNER, "GET", "/repos/dana/" + repository + "/contents/" + path + "?ref=" + branch, null)
                .get("sha")
                .asText();
    }

    private void awaitMergeable(String pull) throws IOException, InterruptedException {
        for (int i = 0;
                i < 50 && !call(OWNER, "GET", pull, null).path("mergeable").asBoolean();
                i++) {
            Thread.sleep(100);
        }
    }

    private void keep(String name, String type) throws IOException, InterruptedException {
        keep(name, type, "");
    }

    /** Keeps the next delivery of this type that holds this text; others that came before it are dropped. */
    private void keep(String name, String type, String text) throws IOException, InterruptedException {
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (true) {
            Delivery delivery = received.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (delivery == null) {
                throw new IllegalStateException("Gitea sent no " + type + " for " + name);
            }
            if (delivery.type().equals(type) && delivery.content().contains(text)) {
                Files.writeString(fixtures.resolve(name + ".http"), delivery.content());
                return;
            }
        }
    }

    private void receive(HttpExchange exchange) throws IOException {
        StringBuilder content = new StringBuilder();
        exchange.getRequestHeaders().forEach((name, values) -> content.append(name)
                .append(": ")
                .append(values.getFirst())
                .append('\n'));
        content.append('\n').append(new String(exchange.getRequestBody().readAllBytes(), UTF_8));
        received.add(new Delivery(
                exchange.getRequestHeaders().getFirst("X-Gitea-Event-Type"),
                content.toString().replace(folder.toString(), "/gitea")));
        exchange.sendResponseHeaders(204, -1);
        exchange.close();
    }

    private JsonNode call(String user, String method, String path, @Nullable Map<String, Object> body)
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

    private void awaitStart() throws InterruptedException {
        for (int i = 0; i < 150; i++) {
            try {
                call(OWNER, "GET", "/version", null);
                return;
            } catch (IOException e) {
                Thread.sleep(200);
            }
        }
        throw new IllegalStateException("Gitea did not start; see " + folder.resolve("gitea.log"));
    }

    private void git(String... arguments) throws IOException, InterruptedException {
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
        ProcessBuilder builder = new ProcessBuilder(new ArrayList<>(gitea));
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
        receiver.stop(0);
        server.destroy();
    }
}
