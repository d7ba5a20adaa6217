package io.forgefleet.host.forge;

import static org.assertj.core.api.Assertions.assertThat;

import io.forgefleet.host.forge.repository.Account;
import io.forgefleet.host.forge.repository.Permission;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReleaseApiTest {

    private static final String RELEASES = "/api/v1/repos/team/sample/releases";

    private final LocalForge forge;
    private final Path uploads;
    private final WorkingTree tree;
    private final HookReceiver receiver;
    private final ForgeApi api;
    private final ForgeApi stranger;
    private String sha = "";

    ReleaseApiTest(@TempDir Path directory) throws Exception {
        uploads = directory.resolve("forge/.uploads");
        forge = LocalForge.start(directory.resolve("forge"), 0);
        receiver = new HookReceiver();
        Account alice = forge.account("alice");
        forge.createRepository("team", "sample");
        forge.grant("team/sample", alice, Permission.WRITE);
        forge.addWebhook("team/sample", receiver.url(), "secret");
        tree = WorkingTree.clone(forge.cloneUrl("team/sample"), directory.resolve("tree"), alice);
        api = ForgeApi.as(forge, alice);
        stranger = ForgeApi.as(forge, forge.account("bob"));
    }

    @BeforeEach
    void pushMain() throws Exception {
        sha = tree.commit("a", "1");
        tree.git("push", "--quiet", "origin", "HEAD:refs/heads/main");
    }

    @AfterEach
    void stop() {
        forge.close();
        receiver.close();
    }

    private static String body(String tag, boolean draft) {
        return new JsonObject()
                .put("tag_name", tag)
                .put("name", "Version")
                .put("body", "notes")
                .put("draft", draft)
                .encode();
    }

    private JsonObject make(String tag, boolean draft) throws Exception {
        HttpResponse<String> made = api.send("POST", RELEASES, body(tag, draft));
        assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
        return new JsonObject(made.body());
    }

    @Test
    void aPushedTagIsToldOfAndFound() throws Exception {
        tree.git("tag", "--annotate", "--message=one", "v1.0.0");
        tree.git("push", "--quiet", "origin", "v1.0.0");
        receiver.await("create", json -> json.getString("ref").equals("refs/tags/v1.0.0"));
        JsonObject push = receiver.await("push", json -> json.getString("ref").equals("refs/tags/v1.0.0"))
                .json();
        assertThat(push.getJsonObject("head_commit").getString("id")).isEqualTo(sha);
        assertThat(api.get("/api/v1/repos/team/sample/tags/v1.0.0")
                        .getJsonObject("commit")
                        .getString("sha"))
                .isEqualTo(sha);
        assertThat(api.status("/api/v1/repos/team/sample/tags/v2")).isEqualTo(404);
    }

    @Test
    void aDraftMakesNoTagAndNoWebhookUntilItIsPublished() throws Exception {
        JsonObject draft = make("v1.0.0", true);
        String path = RELEASES + "/" + draft.getLong("id");
        assertThat(draft.getBoolean("draft")).isTrue();
        assertThat(stranger.status(path)).isEqualTo(404);
        assertThat(stranger.send("GET", RELEASES, "").body()).isEqualTo("[]");
        assertThat(api.status(RELEASES + "/tags/v1.0.0")).isEqualTo(404);
        assertThat(new JsonArray(api.send("GET", RELEASES + "?draft=true", "").body()))
                .hasSize(1);
        assertThat(new JsonArray(api.send("GET", RELEASES + "?draft=false", "").body()))
                .isEmpty();
        assertThat(api.status("/api/v1/repos/team/sample/tags/v1.0.0")).isEqualTo(404);

        assertThat(api.send("PATCH", path, "{\"draft\":false}").statusCode()).isEqualTo(200);
        receiver.await("push", json -> json.getString("ref").equals("refs/tags/v1.0.0"));
        JsonObject published = receiver.await(
                        "release", json -> json.getString("action").equals("published"))
                .json();
        assertThat(published.getJsonObject("release").getString("body")).isEqualTo("notes");
        assertThat(receiver.received())
                .filteredOn(hook -> hook.type().equals("release"))
                .hasSize(1);
        assertThat(stranger.status(RELEASES + "/tags/v1.0.0")).isEqualTo(200);

        assertThat(api.send("DELETE", path, "").statusCode()).isEqualTo(204);
        receiver.await("release", json -> json.getString("action").equals("deleted"));
        assertThat(api.status("/api/v1/repos/team/sample/tags/v1.0.0")).isEqualTo(200);
    }

    @Test
    void refusesReleasesThatCannotBe() throws Exception {
        make("v1", true);
        assertThat(api.send("POST", RELEASES, body("v1", true)).statusCode()).isEqualTo(409);
        assertThat(api.send("POST", RELEASES, body("", true)).statusCode()).isEqualTo(422);
        assertThat(api.send("POST", RELEASES, "{\"tag_name\":\"x\",\"draft\":\"yes\"}")
                        .statusCode())
                .isEqualTo(422);
        assertThat(api.send("POST", RELEASES, "{\"tag_name\":\"x\",\"target_commitish\":\"none\"}")
                        .statusCode())
                .isEqualTo(404);
        assertThat(new JsonArray(api.send("GET", RELEASES, "").body())).hasSize(1);
        assertThat(stranger.send("POST", RELEASES, body("v2", false)).statusCode())
                .isEqualTo(403);
        assertThat(api.status(RELEASES + "/99")).isEqualTo(404);
        assertThat(api.status(RELEASES + "/x")).isEqualTo(404);
    }

    @Test
    void takesFilesFromWritersOnlyAndLeavesNothingOfOthers() throws Exception {
        String path = RELEASES + "/" + make("v1", true).getLong("id") + "/assets";
        HttpResponse<String> taken = api.form(path + "?name=a.txt", "attachment", "bytes");
        assertThat(taken.statusCode()).as(taken.body()).isEqualTo(201);
        JsonObject file = new JsonObject(taken.body());
        assertThat(file.getLong("size")).isEqualTo(5);
        assertThat(file.getString("name")).isEqualTo("a.txt");
        String link = file.getString("browser_download_url");
        assertThat(stranger.status(link)).isEqualTo(404);
        assertThat(api.send("GET", link, "").body()).isEqualTo("bytes");

        assertThat(stranger.form(path, "attachment", "theirs").statusCode()).isEqualTo(403);
        assertThat(ForgeApi.anonymous(forge).form(path, "attachment", "theirs").statusCode())
                .isEqualTo(401);
        assertThat(api.form(path, "other", "x").statusCode()).isEqualTo(400);
        assertThat(api.form(path + "?name=a%2Fb", "attachment", "x").statusCode())
                .isEqualTo(400);
        assertThat(api.form(RELEASES + "/99/assets", "attachment", "x").statusCode())
                .isEqualTo(404);
        assertThat(api.send("GET", path, "").body()).contains("a.txt").doesNotContain("theirs");
        try (Stream<Path> left = Files.list(uploads)) {
            assertThat(left).isEmpty();
        }

        List<Path> kept = forge.repository("team/sample").releases().list(release -> true).stream()
                .flatMap(release -> release.attachments().stream())
                .map(attachment -> attachment.file())
                .toList();
        assertThat(kept).singleElement().satisfies(bytes -> assertThat(bytes).exists());
        assertThat(api.send("DELETE", path + "/" + file.getLong("id"), "").statusCode())
                .isEqualTo(204);
        assertThat(kept.getFirst()).doesNotExist();
        assertThat(api.status(link)).isEqualTo(404);
    }
}
