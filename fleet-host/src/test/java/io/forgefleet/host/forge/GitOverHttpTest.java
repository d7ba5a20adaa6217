package io.forgefleet.host.forge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forgefleet.host.forge.repository.Account;
import io.forgefleet.host.forge.repository.Permission;
import io.forgefleet.host.forge.repository.Repository;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GitOverHttpTest {

    private final Path directory;
    private final LocalForge forge;
    private final Account alice;
    private final Repository repository;

    GitOverHttpTest(@TempDir Path directory) {
        this.directory = directory;
        forge = LocalForge.start(directory.resolve("forge"), 0);
        alice = forge.account("alice");
        repository = forge.createRepository("team", "sample");
        forge.grant("team/sample", alice, Permission.WRITE);
    }

    @AfterEach
    void stop() {
        forge.close();
    }

    @Test
    void clonesWhatWasPushedEvenWhenItIsLarge() throws Exception {
        WorkingTree tree = WorkingTree.clone(forge.cloneUrl("team/sample"), directory.resolve("a"), alice);
        byte[] noise = new byte[8 << 20]; // git sends it chunked, with no length
        new Random(1).nextBytes(noise);
        Files.write(tree.directory().resolve("noise"), noise);
        String pushed = tree.commit("README.md", "hello");
        tree.git("push", "--quiet", "origin", "HEAD:refs/heads/main");
        assertThat(repository.git().branch("main")).contains(pushed);

        WorkingTree other = WorkingTree.clone(forge.cloneUrl("team/sample"), directory.resolve("b"), alice);
        assertThat(other.directory().resolve("noise")).hasBinaryContent(noise);
        assertThat(other.git("rev-parse", "HEAD")).isEqualTo(pushed);
    }

    @Test
    void fetchesACommitByItsShaThoughNoRefNamesIt() throws Exception {
        WorkingTree tree = WorkingTree.clone(forge.cloneUrl("team/sample"), directory.resolve("a"), alice);
        tree.commit("a", "1");
        tree.git("push", "--quiet", "origin", "HEAD:refs/heads/main");
        String orphan = tree.commit("a", "2");
        tree.git("push", "--quiet", "origin", "HEAD:refs/heads/gone");
        tree.git("push", "--quiet", "origin", ":refs/heads/gone");
        WorkingTree other = WorkingTree.clone(forge.cloneUrl("team/sample"), directory.resolve("b"), alice);
        other.git("-c", "protocol.version=0", "fetch", "--quiet", "origin", orphan); // version 2 always allows it
        assertThat(other.git("rev-parse", "FETCH_HEAD")).isEqualTo(orphan);
    }

    @Test
    void refusesPushesOfStrangersAndWrongTokens() throws Exception {
        WorkingTree alices = WorkingTree.clone(forge.cloneUrl("team/sample"), directory.resolve("a"), alice);
        alices.commit("a", "1");
        alices.git("push", "--quiet", "origin", "HEAD:refs/heads/main");

        WorkingTree bobs =
                WorkingTree.clone(forge.cloneUrl("team/sample"), directory.resolve("b"), forge.account("bob"));
        bobs.commit("b", "1");
        assertThat(bobs.tryGit("push", "origin", "HEAD:refs/heads/main").error())
                .contains("403");
        assertThatThrownBy(() ->
                        WorkingTree.clone(forge.cloneUrl("team/sample"), directory.resolve("c"), "alice", "wrong"))
                .hasMessageContaining("could not read Username");
        assertThat(alices.tryGit("push", "origin", "HEAD:refs/pull/1/head").error())
                .contains("refs/pull/1/head");
        assertThat(repository.git().commit("refs/pull/1/head")).isEmpty();
    }

    @Test
    void hidesPrivateRepositoriesFromStrangers() throws Exception {
        forge.createPrivateRepository("team", "secret");
        assertThatThrownBy(() -> WorkingTree.clone(forge.cloneUrl("team/secret"), directory.resolve("a"), alice))
                .hasMessageContaining("not found");
        WorkingTree owners =
                WorkingTree.clone(forge.cloneUrl("team/secret"), directory.resolve("b"), forge.account("team"));
        assertThat(owners.git("rev-parse", "--is-inside-work-tree")).isEqualTo("true");
    }

    @Test
    void tellsWhoPushedWhatWhenManyPushAtOnce() throws Exception {
        try (HookReceiver receiver = new HookReceiver();
                var threads = Executors.newFixedThreadPool(4)) {
            forge.addWebhook("team/sample", receiver.url(), "secret");
            List<CompletableFuture<String>> pushes = IntStream.range(0, 8)
                    .mapToObj(i -> CompletableFuture.supplyAsync(() -> pushBranch(i), threads))
                    .toList();
            for (int i = 0; i < pushes.size(); i++) {
                String branch = "refs/heads/b" + i;
                String sha = pushes.get(i).join();
                var push = receiver.await("push", json -> json.getString("ref").equals(branch));
                assertThat(push.json().getString("after")).isEqualTo(sha);
                assertThat(push.json().getInteger("total_commits")).isEqualTo(1);
            }
            assertThat(receiver.received().stream().filter(hook -> hook.type().equals("push")))
                    .hasSize(8);
        }
    }

    private String pushBranch(int i) {
        try {
            WorkingTree tree = WorkingTree.clone(forge.cloneUrl("team/sample"), directory.resolve("w" + i), alice);
            String sha = tree.commit("file" + i, "content");
            tree.git("push", "--quiet", "origin", "HEAD:refs/heads/b" + i);
            return sha;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void servesNothingOutsideItsRepositories() throws Exception {
        Files.createDirectories(directory.resolve("forge/team/stray.git"));
        assertThat(ForgeApi.anonymous(forge).status("/team/stray.git/info/refs?service=git-upload-pack"))
                .isEqualTo(401);
        assertThat(ForgeApi.anonymous(forge).status("/team/sample.git/config")).isEqualTo(404);
    }
}
