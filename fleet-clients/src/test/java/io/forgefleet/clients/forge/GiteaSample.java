package io.forgefleet.clients.forge;

import com.fasterxml.jackson.databind.JsonNode;
import io.forgefleet.clients.forge.change.LabelChange;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.ForgeKind;
import io.forgefleet.host.gitea.GiteaProcess;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;

/** The real Gitea. */
final class GiteaSample implements SampleForge {

    private static final String REPO = "repos/" + REPOSITORY.path();

    private final GiteaProcess gitea;
    private final long open;
    private final long draft;
    private final long closed;
    private final long merged;
    private final long fromFork;
    private final CommitId head;
    private final String writerToken;

    GiteaSample(Path folder) throws Exception {
        Assumptions.assumeTrue(GiteaProcess.isAvailable(), "gitea is not on the PATH: no real forge to test on");
        gitea = GiteaProcess.start(folder);
        gitea.call("POST", "orgs", Map.of("username", "team"));
        gitea.call("POST", "orgs/team/repos", Map.of("name", "app", "auto_init", true, "default_branch", "main"));
        open = pull("topic", "Topic");
        head = new CommitId(gitea.call("GET", REPO + "/pulls/" + open, null)
                .path("head")
                .path("sha")
                .asText());
        label(open, "ok to build", "größer");
        draft = pull("draft", "WIP: not yet");
        closed = pull("closed", "Closed");
        gitea.call("PATCH", REPO + "/pulls/" + closed, Map.of("state", "closed"));
        merged = pull("merged", "Merged");
        merge(merged);
        fromFork = fork();
        writerToken = gitea.createUser("writer");
        gitea.call("PUT", REPO + "/collaborators/writer", Map.of("permission", "write"));
        gitea.createUser("reader");
        gitea.call("PUT", REPO + "/collaborators/reader", Map.of("permission", "read"));
        team("writers", "write", "team-writer");
        team("readers", "read", "team-reader");
    }

    private void team(String name, String permission, String member) throws InterruptedException {
        gitea.createUser(member);
        Map<String, Object> team = Map.of(
                "name",
                name,
                "permission",
                permission,
                "includes_all_repositories",
                true,
                "units",
                List.of("repo.code", "repo.pulls"));
        long id = gitea.call("POST", "orgs/team/teams", team).path("id").asLong();
        gitea.call("PUT", "teams/" + id + "/members/" + member, null);
    }

    private void label(long number, String... names) throws InterruptedException {
        List<Long> ids = new ArrayList<>();
        for (String name : names) {
            ids.add(gitea.call("POST", REPO + "/labels", Map.of("name", name, "color", "#00aabb"))
                    .path("id")
                    .asLong());
        }
        gitea.call("POST", REPO + "/issues/" + number + "/labels", Map.of("labels", ids));
    }

    @Override
    public LabelChange label(long number, String label, boolean add) throws InterruptedException {
        long id = 0;
        for (JsonNode each : gitea.call("GET", REPO + "/labels", null)) {
            id = each.path("name").asText().equals(label) ? each.path("id").asLong() : id;
        }
        String path = REPO + "/issues/" + number + "/labels";
        if (id == 0) {
            label(number, label);
        } else if (add) {
            gitea.call("POST", path, Map.of("labels", List.of(id)));
        } else {
            gitea.call("DELETE", path + "/" + id, null);
        }
        JsonNode all = gitea.call("GET", REPO + "/issues/" + number + "/timeline?limit=50&page=1", null);
        JsonNode more = gitea.call("GET", REPO + "/issues/" + number + "/timeline?limit=50&page=2", null);
        JsonNode newest = more.isEmpty() ? all.get(all.size() - 1) : more.get(more.size() - 1);
        Instant at = OffsetDateTime.parse(newest.path("created_at").asText()).toInstant();
        return new LabelChange(label, add, GiteaProcess.ADMIN, at);
    }

    @Override
    public void manyOthers(long number, int times) throws InterruptedException {
        for (int i = 0; i < times; i++) {
            gitea.call("POST", REPO + "/issues/" + number + "/comments", Map.of("body", "comment " + i));
        }
    }

    private long pull(String branch, String title) throws InterruptedException {
        file(gitea.token(), REPO, branch);
        return gitea.call("POST", REPO + "/pulls", Map.of("title", title, "head", branch, "base", "main"))
                .path("number")
                .asLong();
    }

    private void file(String token, String repo, String branch) throws InterruptedException {
        String content = Base64.getEncoder().encodeToString(branch.getBytes(StandardCharsets.UTF_8));
        gitea.callAs(
                token,
                "POST",
                repo + "/contents/" + branch + ".txt",
                Map.of("content", content, "branch", "main", "new_branch", branch, "message", branch));
    }

    @Override
    public void push(String branch, Map<String, String> texts) throws InterruptedException {
        List<Map<String, String>> files = new ArrayList<>();
        for (Map.Entry<String, String> text : texts.entrySet()) {
            String content = Base64.getEncoder().encodeToString(text.getValue().getBytes(StandardCharsets.UTF_8));
            files.add(Map.of("operation", "upload", "path", text.getKey(), "content", content));
        }
        gitea.call("POST", REPO + "/contents", Map.of("branch", branch, "message", "somebody", "files", files));
    }

    @Override
    public void closePull(long number) throws InterruptedException {
        gitea.call("PATCH", REPO + "/pulls/" + number, Map.of("state", "closed"));
    }

    @Override
    public void mergePull(long number) throws InterruptedException {
        merge(number);
    }

    @Override
    public void deleteBranch(String branch) throws InterruptedException {
        gitea.call("DELETE", REPO + "/branches/" + branch, null);
    }

    @Override
    public String described(long number) throws InterruptedException {
        JsonNode pull = gitea.call("GET", REPO + "/pulls/" + number, null);
        return pull.path("title").asText() + " | " + pull.path("body").asText();
    }

    @Override
    public List<String> log(String branch) throws InterruptedException {
        List<String> log = new ArrayList<>();
        for (JsonNode commit : gitea.call("GET", REPO + "/commits?sha=" + branch, null)) {
            log.add(commit.path("sha").asText() + " "
                    + commit.path("commit").path("message").asText().strip());
        }
        return log;
    }

    private void merge(long number) throws InterruptedException {
        for (int i = 0; ; i++) {
            try {
                gitea.call("POST", REPO + "/pulls/" + number + "/merge", Map.of("Do", "merge"));
                return;
            } catch (IllegalStateException e) {
                // Gitea looks for conflicts in the background first
                if (i == 50) {
                    throw e;
                }
                Thread.sleep(200);
            }
        }
    }

    private long fork() throws InterruptedException {
        String stranger = gitea.createUser("stranger");
        gitea.callAs(stranger, "POST", REPO + "/forks", Map.of("name", "app"));
        file(stranger, "repos/stranger/app", "theirs");
        Map<String, String> pull = Map.of("title", "Theirs", "head", "stranger:theirs", "base", "main");
        return gitea.callAs(stranger, "POST", REPO + "/pulls", pull)
                .path("number")
                .asLong();
    }

    @Override
    public Forge open(boolean rightToken) {
        return open(rightToken ? gitea.token() : "0123456789abcdef0123456789abcdef01234567");
    }

    @Override
    public Forge openWithLittle() {
        return open(writerToken);
    }

    private Forge open(String token) {
        return Forge.open(ForgeKind.GITEA, gitea.url().toString(), token, Duration.ofSeconds(20));
    }

    /** The same behind one that knows less. */
    Forge openBehind(OldForgejo old) {
        return Forge.open(ForgeKind.FORGEJO, old.url(), gitea.token(), Duration.ofSeconds(20));
    }

    URI url() {
        return gitea.url();
    }

    @Override
    public List<String> writers() {
        return List.of(GiteaProcess.ADMIN, "writer", "team-writer");
    }

    @Override
    public List<String> others() {
        return List.of("reader", "team-reader", "stranger", "nobody");
    }

    @Override
    public long open() {
        return open;
    }

    @Override
    public long draft() {
        return draft;
    }

    @Override
    public long closed() {
        return closed;
    }

    @Override
    public long merged() {
        return merged;
    }

    @Override
    public long fromFork() {
        return fromFork;
    }

    @Override
    public CommitId head() {
        return head;
    }

    @Override
    public List<String> statuses() throws Exception {
        List<String> statuses = new ArrayList<>();
        for (JsonNode status : gitea.call("GET", REPO + "/statuses/" + head + "?sort=oldest", null)) {
            statuses.add(String.join(
                    " ",
                    status.path("context").asText(),
                    status.path("status").asText(),
                    status.path("description").asText(),
                    status.path("target_url").asText()));
        }
        return statuses;
    }

    @Override
    public void close() {
        gitea.close();
    }
}
