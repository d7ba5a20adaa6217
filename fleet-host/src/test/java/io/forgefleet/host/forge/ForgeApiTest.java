package io.forgefleet.host.forge;

import static org.assertj.core.api.Assertions.assertThat;

import io.forgefleet.host.forge.repository.Account;
import io.forgefleet.host.forge.repository.CommitStatus;
import io.forgefleet.host.forge.repository.Permission;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ForgeApiTest {

    private static final String REPOSITORY = "/api/v1/repos/team/sample";

    private final Path directory;
    private final LocalForge forge;
    private final Account alice;
    private final ForgeApi api;
    private String sha = "";

    ForgeApiTest(@TempDir Path directory) {
        this.directory = directory;
        forge = LocalForge.start(directory.resolve("forge"), 0);
        alice = forge.account("alice");
        forge.createRepository("team", "sample");
        forge.grant("team/sample", alice, Permission.WRITE);
        api = ForgeApi.as(forge, alice);
    }

    @BeforeEach
    void pushOneFile() throws Exception {
        WorkingTree tree = WorkingTree.clone(forge.cloneUrl("team/sample"), directory.resolve("tree"), alice);
        sha = tree.commit("read me.txt", "hello");
        tree.git("push", "--quiet", "origin", "HEAD:refs/heads/main", "HEAD:refs/heads/feature/x");
    }

    @AfterEach
    void stop() {
        forge.close();
    }

    @Test
    void keepsStatusesOfACommit() throws Exception {
        List<CommitStatus> heard = new CopyOnWriteArrayList<>();
        forge.onStatus(heard::add);
        assertThat(post(status("pending", "build"))).isEqualTo(201);
        assertThat(post(status("success", "build"))).isEqualTo(201);
        assertThat(post("{\"state\": \"success\"}")).isEqualTo(201);

        HttpResponse<String> listed = api.send("GET", REPOSITORY + "/statuses/" + sha + "?limit=2", "");
        assertThat(listed.headers().firstValue("X-Total-Count")).contains("3");
        JsonArray newestFirst = new JsonArray(listed.body());
        assertThat(newestFirst).hasSize(2);
        assertThat(newestFirst.getJsonObject(0).getString("context")).isEqualTo("default");
        assertThat(newestFirst.getJsonObject(1).getString("status")).isEqualTo("success");
        assertThat(newestFirst.getJsonObject(1).getString("target_url")).isEqualTo("http://runs/1");
        assertThat(newestFirst.getJsonObject(1).getJsonObject("creator").getString("login"))
                .isEqualTo("alice");
        assertThat(forge.statuses("team/sample", sha))
                .extracting(s -> s.state().word())
                .containsExactly("success", "success", "pending");
        assertThat(heard).hasSize(3);
    }

    @Test
    void refusesStatusesThatCannotBe() throws Exception {
        assertThat(post(status("fine", "build"))).isEqualTo(422);
        assertThat(post("[]")).isEqualTo(422);
        assertThat(post("{\"state\": 1}")).isEqualTo(422);
        assertThat(post("")).isEqualTo(422);
        assertThat(api.send("POST", REPOSITORY + "/statuses/" + "0".repeat(40), status("success", "b"))
                        .statusCode())
                .isEqualTo(404);
        assertThat(api.send("POST", REPOSITORY + "/statuses/main", status("success", "b"))
                        .statusCode())
                .isEqualTo(404);
        assertThat(api.send("POST", REPOSITORY + "/statuses/" + sha, "x".repeat(2 << 20))
                        .statusCode())
                .isEqualTo(413);
        assertThat(forge.statuses("team/sample", sha)).isEmpty();
    }

    @Test
    void refusesWrongTokensMissingTokensAndStrangers() throws Exception {
        String path = REPOSITORY + "/statuses/" + sha;
        String body = status("success", "build");
        assertThat(ForgeApi.withToken(forge, "wrong").send("POST", path, body).statusCode())
                .isEqualTo(401);
        assertThat(ForgeApi.withToken(forge, "wrong").status(REPOSITORY)).isEqualTo(401);
        assertThat(ForgeApi.anonymous(forge).send("POST", path, body).statusCode())
                .isEqualTo(401);
        assertThat(ForgeApi.as(forge, forge.account("bob"))
                        .send("POST", path, body)
                        .statusCode())
                .isEqualTo(403);
        assertThat(ForgeApi.anonymous(forge).status(REPOSITORY)).isEqualTo(200);
    }

    @Test
    void showsRepositoryBranchesAndFiles() throws Exception {
        JsonObject repository = api.get(REPOSITORY);
        assertThat(repository.getString("full_name")).isEqualTo("team/sample");
        assertThat(repository.getString("default_branch")).isEqualTo("main");
        assertThat(repository.getJsonObject("permissions").getBoolean("push")).isTrue();
        for (String branch : List.of("main", "feature/x", "feature%2Fx")) {
            assertThat(api.get(REPOSITORY + "/branches/" + branch)
                            .getJsonObject("commit")
                            .getString("id"))
                    .isEqualTo(sha);
        }
        assertThat(api.status(REPOSITORY + "/branches/none")).isEqualTo(404);
        assertThat(api.send("GET", REPOSITORY + "/raw/read%20me.txt?ref=feature/x", "")
                        .body())
                .isEqualTo("hello");
        assertThat(api.status(REPOSITORY + "/raw/none")).isEqualTo(404);
        assertThat(api.status(REPOSITORY + "/raw/..%2f..%2fconfig")).isEqualTo(404);
        assertThat(api.status("/api/v1/repos/team/none")).isEqualTo(404);
    }

    @Test
    void tellsAdministratorsWhoMayWrite() throws Exception {
        ForgeApi owner = ForgeApi.as(forge, forge.account("team"));
        forge.account("bob");
        assertThat(permission(owner, "team")).isEqualTo("owner");
        assertThat(permission(owner, "alice")).isEqualTo("write");
        assertThat(permission(owner, "bob")).isEqualTo("read");
        assertThat(owner.status(REPOSITORY + "/collaborators/nobody/permission"))
                .isEqualTo(404);
        assertThat(api.status(REPOSITORY + "/collaborators/bob/permission")).isEqualTo(403);
    }

    private static String permission(ForgeApi asker, String user) throws Exception {
        return asker.get(REPOSITORY + "/collaborators/" + user + "/permission").getString("permission");
    }

    private int post(String body) throws Exception {
        return api.send("POST", REPOSITORY + "/statuses/" + sha, body).statusCode();
    }

    private static String status(String state, String context) {
        return new JsonObject()
                .put("state", state)
                .put("context", context)
                .put("description", "said " + state)
                .put("target_url", "http://runs/1")
                .encode();
    }
}
