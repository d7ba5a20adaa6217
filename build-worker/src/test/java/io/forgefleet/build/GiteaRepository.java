package io.forgefleet.build;

import com.fasterxml.jackson.databind.JsonNode;
import io.forgefleet.events.CommentEvent;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.EventId;
import io.forgefleet.events.PullRequestEvent;
import io.forgefleet.events.RefName;
import io.forgefleet.events.RepositoryId;
import io.forgefleet.host.gitea.GiteaProcess;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.awaitility.Awaitility;

/** A repository on a real Gitea: a writer, a reader, and a stranger with a fork. Its webhooks are written by hand. */
record GiteaRepository(GiteaProcess gitea, String name, Map<String, String> tokens) {

    static GiteaRepository create(GiteaProcess gitea, String name) throws Exception {
        gitea.call("POST", "orgs", Map.of("username", "team"));
        gitea.call("POST", "orgs/team/repos", Map.of("name", name, "auto_init", true, "default_branch", "main"));
        Map<String, String> tokens = new HashMap<>();
        for (String user : List.of("writer", "reader", "stranger", "friend")) {
            tokens.put(user, gitea.createUser(user));
        }
        GiteaRepository repository = new GiteaRepository(gitea, name, tokens);
        for (String right : List.of("write", "read")) {
            String user = right.equals("write") ? "writer" : "reader";
            gitea.call("PUT", repository.path() + "/collaborators/" + user, Map.of("permission", right));
        }
        return repository;
    }

    private String path() {
        return "repos/team/" + name;
    }

    RepositoryId id() {
        return new RepositoryId("gitea", "team/" + name);
    }

    /** Commits files to the main branch. */
    void commit(Map<String, byte[]> files) throws Exception {
        write(gitea.token(), path(), "main", "main", files);
    }

    /** Forks it, commits to a branch of the fork and asks for it to be pulled, with labels that are there. */
    long pull(String user, String branch, Map<String, byte[]> files, String... labels) throws Exception {
        List<Long> ids = new ArrayList<>();
        for (String label : labels) {
            ids.add(labelId(label));
        }
        String token = tokens.get(user);
        if (!gitea.callAs(token, "GET", "user/repos", null)
                .findValuesAsText("full_name")
                .contains(user + "/" + name)) {
            gitea.callAs(token, "POST", path() + "/forks", Map.of("name", name));
        }
        write(token, "repos/" + user + "/" + name, "main", branch, files);
        return gitea.callAs(
                        token,
                        "POST",
                        path() + "/pulls",
                        Map.of("title", branch, "head", user + ":" + branch, "base", "main", "labels", ids))
                .path("number")
                .asLong();
    }

    /** A further commit on a branch of a fork; returns when the pull request has it. */
    CommitId push(String user, String branch, long pull, Map<String, byte[]> files) throws Exception {
        CommitId before = head(pull);
        write(tokens.get(user), "repos/" + user + "/" + name, branch, branch, files);
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> !head(pull)
                .equals(before));
        return head(pull);
    }

    CommitId head(long pull) throws Exception {
        return new CommitId(gitea.call("GET", path() + "/pulls/" + pull, null)
                .path("head")
                .path("sha")
                .asText());
    }

    /** Somebody sets a label, which is made where there is none of this name. */
    void label(String user, long pull, String label) throws Exception {
        gitea.callAs(
                tokens.get(user),
                "POST",
                path() + "/issues/" + pull + "/labels",
                Map.of("labels", List.of(labelId(label))));
    }

    void unlabel(long pull, String label) throws Exception {
        gitea.call("DELETE", path() + "/issues/" + pull + "/labels/" + labelId(label), null);
    }

    void deleteLabel(String label) throws Exception {
        gitea.call("DELETE", path() + "/labels/" + labelId(label), null);
    }

    private long labelId(String label) throws Exception {
        for (JsonNode each : gitea.call("GET", path() + "/labels", null)) {
            if (each.path("name").asText().equals(label)) {
                return each.path("id").asLong();
            }
        }
        return gitea.call("POST", path() + "/labels", Map.of("name", label, "color", "#00aabb"))
                .path("id")
                .asLong();
    }

    PullRequestEvent event(long pull, PullRequestEvent.Action action, CommitId head, String actor) {
        return event(pull, action, head, actor, Instant.now());
    }

    PullRequestEvent event(long pull, PullRequestEvent.Action action, CommitId head, String actor, Instant at) {
        return new PullRequestEvent(
                anId(pull), id(), pull, action, head, "branch", RefName.branch("main"), true, false, actor, at);
    }

    CommentEvent comment(long pull, String text, CommitId head, String actor) {
        return new CommentEvent(anId(pull), id(), pull, 1, text, head, actor, Instant.now());
    }

    private EventId anId(long pull) {
        return EventId.derive(
                id(), "#" + pull, "", "", "made", UUID.randomUUID().toString());
    }

    private void write(String token, String repository, String from, String to, Map<String, byte[]> files)
            throws Exception {
        List<Map<String, String>> changes = new ArrayList<>();
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            Map<String, String> change = new HashMap<>();
            change.put("path", file.getKey());
            change.put("content", Base64.getEncoder().encodeToString(file.getValue()));
            change.put("operation", "upload");
            changes.add(change);
        }
        Map<String, Object> body = new HashMap<>(Map.of("branch", from, "files", changes, "message", "change"));
        if (!from.equals(to)) {
            body.put("new_branch", to);
        }
        gitea.callAs(token, "POST", repository + "/contents", body);
    }

    static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static byte[] busybox() throws Exception {
        return Files.readAllBytes(Path.of("/bin/busybox"));
    }
}
