package io.forgefleet.host.forge;

import static org.assertj.core.api.Assertions.assertThat;

import io.forgefleet.host.forge.repository.Account;
import io.forgefleet.host.forge.repository.Permission;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A stranger, a fork, and a pull request to a repository where the stranger may only read. */
class ForkTest {

    private static final String PULLS = "/api/v1/repos/team/sample/pulls";

    private final Path directory;
    private final LocalForge forge;
    private final HookReceiver receiver;
    private final Account alice;
    private final Account kim;

    ForkTest(@TempDir Path directory) throws Exception {
        this.directory = directory;
        forge = LocalForge.start(directory.resolve("forge"), 0);
        receiver = new HookReceiver();
        alice = forge.account("alice");
        kim = forge.account("kim");
        forge.createRepository("team", "sample");
        forge.grant("team/sample", alice, Permission.ADMIN);
        forge.addWebhook("team/sample", receiver.url(), "secret");
    }

    @BeforeEach
    void pushMain() throws Exception {
        WorkingTree tree = WorkingTree.clone(forge.cloneUrl("team/sample"), directory.resolve("tree"), alice);
        tree.commit("a", "1");
        tree.git("push", "--quiet", "origin", "HEAD:refs/heads/main");
    }

    @AfterEach
    void stop() {
        forge.close();
        receiver.close();
    }

    @Test
    void itsCommitsAreFoundInTheBaseRepositoryAndItsPayloadsNameTheFork() throws Exception {
        forge.fork("team/sample", kim);
        WorkingTree fork = WorkingTree.clone(forge.cloneUrl("kim/sample"), directory.resolve("fork"), kim);
        String first = fork.commit("a", "2");
        fork.git("push", "--quiet", "origin", "HEAD:refs/heads/fix");

        ForgeApi.as(forge, kim).send("POST", PULLS, "{\"title\":\"Fix\",\"head\":\"kim:fix\",\"base\":\"main\"}");
        JsonObject opened = pull("opened", first);
        assertThat(opened.getJsonObject("head").getJsonObject("repo"))
                .contains(Map.entry("full_name", "kim/sample"), Map.entry("fork", true));
        assertThat(opened.getJsonObject("head").getString("ref")).isEqualTo("fix");
        assertThat(opened.getJsonObject("base").getJsonObject("repo").getString("full_name"))
                .isEqualTo("team/sample");
        assertThat(forge.repository("team/sample").git().commit("refs/pull/1/head"))
                .contains(first);

        String second = fork.commit("a", "3");
        fork.git("push", "--quiet", "origin", "HEAD:refs/heads/fix");
        pull("synchronized", second);
        assertThat(forge.repository("team/sample").git().commit("refs/pull/1/head"))
                .contains(second);
        assertThat(forge.repository("team/sample").git().branch("fix")).isEmpty();
        assertThat(receiver.received()).noneMatch(hook -> hook.json()
                .getJsonObject("repository")
                .getString("full_name")
                .equals("kim/sample"));
    }

    @Test
    void whoMayOnlyReadIsToldApartFromWhoMayWrite() throws Exception {
        ForgeApi api = ForgeApi.as(forge, alice);
        String rights = "/api/v1/repos/team/sample/collaborators/";
        assertThat(api.get(rights + "kim/permission").getString("permission")).isEqualTo("read");
        assertThat(api.get(rights + "alice/permission").getString("permission")).isEqualTo("admin");
        assertThat(api.status("/api/v1/repos/team/sample/teams")).isEqualTo(405);
        assertThat(ForgeApi.as(forge, kim).status(rights + "kim/permission")).isEqualTo(403);
    }

    private JsonObject pull(String action, String sha) {
        return receiver.await(
                        action.equals("opened") ? "pull_request" : "pull_request_sync",
                        json -> json.getString("action").equals(action)
                                && json.getJsonObject("pull_request")
                                        .getJsonObject("head")
                                        .getString("sha")
                                        .equals(sha))
                .json()
                .getJsonObject("pull_request");
    }
}
