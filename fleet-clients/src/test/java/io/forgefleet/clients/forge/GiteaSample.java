package io.forgefleet.clients.forge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.forgefleet.clients.forge.change.LabelChange;
import io.forgefleet.clients.tool.Command;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.ForgeKind;
import io.forgefleet.events.wire.Json;
import io.forgefleet.host.gitea.GiteaProcess;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
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

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NORMAL)
            .build();
    private final Path folder;
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
        this.folder = folder;
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
    public CommitId tag(String name, boolean annotated) throws Exception {
        push("main", Map.of("version.txt", name));
        String commit = log("main").getFirst().split(" ", 2)[0];
        List<String> make = new ArrayList<>(List.of("tag", name, commit));
        if (annotated) {
            make.addAll(1, List.of("--annotate", "--message=Release"));
        }
        long before = pushesOf(name);
        git(List.of(
                List.of("fetch", "--quiet", remote(), "main"),
                make,
                List.of("push", "--quiet", remote(), "refs/tags/" + name)));
        // Gitea works a push off after it has answered, and what it then does to releases of the tag publishes drafts
        await().until(() -> pushesOf(name) > before);
        return new CommitId(commit);
    }

    private long pushesOf(String tag) throws InterruptedException {
        return gitea.call("GET", REPO + "/activities/feeds?limit=50", null)
                .valueStream()
                .filter(each -> each.path("op_type").asText().equals("push_tag")
                        && each.path("ref_name").asText().endsWith("/" + tag))
                .count();
    }

    /** By a push: the API does not delete a tag that has a draft, nor make it again. */
    @Override
    public void deleteTag(String name) throws Exception {
        git(List.of(List.of("push", "--quiet", remote(), ":refs/tags/" + name)));
    }

    private String remote() {
        return gitea.url() + REPOSITORY.path() + ".git";
    }

    /** In a clone of its own. */
    private void git(List<List<String>> lines) throws Exception {
        String basic = Base64.getEncoder()
                .encodeToString((GiteaProcess.ADMIN + ":" + gitea.token()).getBytes(StandardCharsets.UTF_8));
        Map<String, String> environment = Map.of(
                "PATH", System.getenv("PATH"),
                "HOME", "/nonexistent",
                "GIT_COMMITTER_NAME", "c",
                "GIT_COMMITTER_EMAIL", "c@example.org",
                "GIT_CONFIG_COUNT", "1",
                "GIT_CONFIG_KEY_0", "http.extraHeader",
                "GIT_CONFIG_VALUE_0", "Authorization: Basic " + basic);
        Path clone = Files.createTempDirectory(folder, "clone");
        List<List<String>> all = new ArrayList<>(List.of(List.of("init", "--quiet", ".")));
        all.addAll(lines);
        for (List<String> line : all) {
            List<String> command = new ArrayList<>(List.of("git"));
            command.addAll(line);
            Command.Result result = new Command(command, environment, clone, "", Duration.ofSeconds(20)).run(1 << 20);
            assertThat(result.exit()).as(result.errors()).isZero();
        }
    }

    @Override
    public void makeRelease(String tag, boolean draft) throws InterruptedException {
        gitea.call(
                "POST",
                REPO + "/releases",
                Map.of("tag_name", tag, "name", "by hand", "body", "somebody's", "draft", draft));
    }

    private JsonNode release(String tag) throws InterruptedException {
        return releases(tag).getFirst();
    }

    private List<JsonNode> releases(String tag) throws InterruptedException {
        List<JsonNode> found = new ArrayList<>();
        for (JsonNode release : gitea.call("GET", REPO + "/releases?limit=50", null)) {
            if (release.path("tag_name").asText().equals(tag)) {
                found.add(release);
            }
        }
        return found;
    }

    @Override
    public void addFile(String tag, String name, byte[] content) throws Exception {
        String path =
                "api/v1/" + REPO + "/releases/" + release(tag).path("id").asText() + "/assets?name=" + encoded(name);
        HttpRequest request = HttpRequest.newBuilder(gitea.url().resolve(path))
                .header("Authorization", "token " + gitea.token())
                .header("Content-Type", "application/octet-stream")
                .POST(BodyPublishers.ofByteArray(content))
                .build();
        assertThat(http.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(201);
    }

    @Override
    public void deleteFile(String tag, String name) throws InterruptedException {
        JsonNode release = release(tag);
        for (JsonNode asset : release.path("assets")) {
            if (asset.path("name").asText().equals(name)) {
                String path = REPO + "/releases/" + release.path("id").asText() + "/assets/";
                gitea.call("DELETE", path + asset.path("id").asText(), null);
            }
        }
    }

    /** As anybody does who follows the link on the page. */
    @Override
    public byte[] download(String tag, String name) throws Exception {
        for (JsonNode asset : release(tag).path("assets")) {
            if (asset.path("name").asText().equals(name)) {
                URI at = URI.create(asset.path("browser_download_url").asText());
                return http.send(HttpRequest.newBuilder(at).build(), BodyHandlers.ofByteArray())
                        .body();
            }
        }
        throw new IllegalStateException("no " + name);
    }

    @Override
    public String notes(String tag) throws InterruptedException {
        return release(tag).path("body").asText();
    }

    @Override
    public int releasesOf(String tag) throws InterruptedException {
        return releases(tag).size();
    }

    /** What the forge makes of Markdown. */
    String rendered(String markdown) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(gitea.url().resolve("api/v1/markdown"))
                .header("Authorization", "token " + gitea.token())
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofByteArray(Json.write(Map.of("Text", markdown, "Mode", "markdown"))))
                .build();
        return http.send(request, BodyHandlers.ofString()).body();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    @Override
    public void close() {
        http.shutdownNow();
        gitea.close();
    }
}
