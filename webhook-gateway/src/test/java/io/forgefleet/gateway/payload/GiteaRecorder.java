package io.forgefleet.gateway.payload;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
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

    private final GiteaServer gitea;
    private final Path fixtures;
    private final HttpServer receiver;
    private final BlockingQueue<Delivery> received = new LinkedBlockingQueue<>();

    private GiteaRecorder(GiteaServer gitea, Path fixtures) throws IOException {
        this.gitea = gitea;
        this.fixtures = fixtures;
        this.receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.createContext("/", this::receive);
        receiver.start();
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        Path fixtures = Files.createDirectories(Path.of(args[2]));
        try (GiteaServer gitea = GiteaServer.start(args[0], Path.of(args[1]), OWNER, STRANGER);
                GiteaRecorder recorder = new GiteaRecorder(gitea, fixtures)) {
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
        gitea.call(OWNER, "DELETE", "/repos/dana/app/branches/topic", null);
        keep("delete-branch", "delete");
        gitea.call(
                OWNER, "POST", "/repos/dana/app/branches", Map.of("new_branch_name", "plain", "old_ref_name", "main"));
        keep("create-branch", "create");
    }

    private void tags() throws IOException, InterruptedException {
        gitea.call(OWNER, "POST", "/repos/dana/app/tags", Map.of("tag_name", "v1", "target", "main"));
        keep("push-tag-lightweight", "push", "refs/tags/v1");
        gitea.git("clone", "--quiet", gitea.cloneUrl(OWNER, "dana/app"), "clone");
        gitea.git("-C", "clone", "tag", "--annotate", "--message=Second version", "v2");
        gitea.git("-C", "clone", "push", "--quiet", "origin", "v2");
        keep("push-tag-annotated", "push", "refs/tags/v2");
        gitea.call(OWNER, "DELETE", "/repos/dana/app/tags/v1", null);
        keep("push-tag-deleted", "push", "refs/tags/v1");
        keep("delete-tag", "delete");
    }

    private void pullRequests() throws IOException, InterruptedException {
        file("app", "fix", "main", "b.txt", "one", null);
        String pulls = "/repos/dana/app/pulls";
        gitea.call(OWNER, "POST", pulls, Map.of("head", "fix", "base", "main", "title", "Fix it"));
        keep("pull-opened", "pull_request");
        file("app", "fix", null, "b.txt", "two", sha("app", "fix", "b.txt"));
        keep("pull-synchronized", "pull_request_sync");
        pull("pull-draft", Map.of("title", "WIP: Fix it"));
        pull("pull-ready", Map.of("title", "Fix it"));
        pull("pull-renamed", Map.of("title", "Fix it all"));
        gitea.call(
                OWNER, "POST", "/repos/dana/app/branches", Map.of("new_branch_name", "next", "old_ref_name", "main"));
        pull("pull-retargeted", Map.of("base", "next"));
        JsonNode label = gitea.call(OWNER, "POST", "/repos/dana/app/labels", Map.of("name", "ok", "color", "#00ff00"));
        gitea.call(
                OWNER,
                "POST",
                "/repos/dana/app/issues/1/labels",
                Map.of("labels", List.of(label.get("id").asLong())));
        keep("pull-labelled", "pull_request_label");
        gitea.call(OWNER, "DELETE", "/repos/dana/app/issues/1/labels", null);
        keep("pull-labels-cleared", "pull_request_label");
        gitea.call(STRANGER, "POST", "/repos/dana/app/issues/1/comments", Map.of("body", "/ok-to-test 🚀"));
        keep("comment-on-pull", "pull_request_comment");
        gitea.call(STRANGER, "POST", pulls + "/1/reviews", Map.of("event", "COMMENT", "body", "Looks odd"));
        keep("review-comment", "pull_request_review_comment");
        gitea.call(STRANGER, "POST", pulls + "/1/reviews", Map.of("event", "APPROVED", "body", "Fine"));
        keep("review-approved", "pull_request_review_approved");
        pull("pull-closed", Map.of("state", "closed"));
        pull("pull-reopened", Map.of("state", "open"));
        awaitMergeable(pulls + "/1");
        gitea.call(OWNER, "POST", pulls + "/1/merge", Map.of("Do", "merge"));
        keep("pull-merged", "pull_request");
        gitea.call(OWNER, "POST", "/repos/dana/app/issues", Map.of("title", "A question"));
        keep("issue-opened", "issues");
        gitea.call(OWNER, "POST", "/repos/dana/app/issues/2/comments", Map.of("body", "An answer"));
        keep("comment-on-issue", "issue_comment");
    }

    private void pull(String name, Map<String, Object> change) throws IOException, InterruptedException {
        gitea.call(OWNER, "PATCH", "/repos/dana/app/pulls/1", change);
        keep(name, "pull_request");
    }

    private void forks() throws IOException, InterruptedException {
        gitea.call(STRANGER, "POST", "/repos/dana/app/forks", Map.of());
        Map<String, Object> content =
                Map.of("content", base64("stranger"), "branch", "main", "new_branch", "gift", "message", "A gift");
        gitea.call(STRANGER, "POST", "/repos/sam/app/contents/c.txt", content);
        gitea.call(
                STRANGER,
                "POST",
                "/repos/dana/app/pulls",
                Map.of("head", "sam:gift", "base", "main", "title", "[WIP] A gift"));
        keep("pull-opened-from-fork", "pull_request");
        gitea.call(STRANGER, "DELETE", "/repos/sam/app", null);
        keep("pull-closed-by-deletion-of-fork", "pull_request");
        gitea.call(OWNER, "PATCH", "/repos/dana/app/pulls/3", Map.of("title", "A gift"));
        keep("pull-ready-fork-gone", "pull_request");
    }

    private void forms() throws IOException, InterruptedException {
        repository("forms", "form");
        file("forms", "topic", "main", "a.txt", "one + one & 100 %", null);
        keep("push-as-form", "push");
    }

    private void repository(String name, String contentType) throws IOException, InterruptedException {
        gitea.call(OWNER, "POST", "/user/repos", Map.of("name", name, "auto_init", true, "default_branch", "main"));
        Map<String, Object> config = Map.of(
                "url",
                "http://127.0.0.1:" + receiver.getAddress().getPort(),
                "content_type",
                contentType,
                "secret",
                SECRET);
        gitea.call(
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
        gitea.call(OWNER, from != null ? "POST" : "PUT", "/repos/dana/" + repository + "/contents/" + path, content);
    }

    private String sha(String repository, String branch, String path) throws IOException, InterruptedException {
        return gitea.call(OWNER, "GET", "/repos/dana/" + repository + "/contents/" + path + "?ref=" + branch, null)
                .get("sha")
                .asText();
    }

    private void awaitMergeable(String pull) throws IOException, InterruptedException {
        for (int i = 0;
                i < 50
                        && !gitea.call(OWNER, "GET", pull, null)
                                .path("mergeable")
                                .asBoolean();
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
        received.add(new Delivery(exchange.getRequestHeaders().getFirst("X-Gitea-Event-Type"), content.toString()));
        exchange.sendResponseHeaders(204, -1);
        exchange.close();
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
    }

    @Override
    public void close() {
        receiver.stop(0);
    }
}
