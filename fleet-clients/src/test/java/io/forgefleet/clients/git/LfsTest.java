package io.forgefleet.clients.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.tool.Command;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.RepositoryId;
import io.forgefleet.host.gitea.GiteaProcess;
import io.forgefleet.host.process.Program;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LfsTest {

    private static final RepositoryId APP = new RepositoryId("forge", "team/app");

    @TempDir
    Path temp;

    @Test
    void namesTheMissingProgram() throws Exception {
        Assumptions.assumeTrue(Program.onPath("git-lfs").isEmpty(), "git-lfs is installed: nothing is missing");
        Origin origin = new Origin(temp.resolve("forge"), "app.git");
        origin.write("assets/.gitattributes", "*.bin filter=lfs diff=lfs merge=lfs -text\n");
        CommitId commit = origin.commit("refs/heads/main");
        try (GitMirrors mirrors = new GitMirrors(temp.resolve("data"), Duration.ofSeconds(20))) {
            GitMirror mirror = mirrors.of(APP, GitRemote.anonymous(origin.url()));
            mirror.fetch("refs/heads/main", commit);
            assertThatThrownBy(() -> mirror.checkout(commit, true))
                    .isInstanceOf(ClientException.class)
                    .hasMessageContaining("install git-lfs");
        }
    }

    @Test
    void bringsTheObjectsOfAPrivateRepositoryToTheTrustedOnly() throws Exception {
        Assumptions.assumeTrue(Program.onPath("git-lfs").isPresent(), "git-lfs is not on the PATH");
        Assumptions.assumeTrue(GiteaProcess.isAvailable(), "gitea is not on the PATH: no LFS server to test on");
        try (GiteaProcess gitea = GiteaProcess.start(temp.resolve("gitea"));
                GitMirrors mirrors = new GitMirrors(temp.resolve("data"), Duration.ofSeconds(30))) {
            gitea.call("POST", "orgs", Map.of("username", "team"));
            gitea.call("POST", "orgs/team/repos", Map.of("name", "app", "private", true));
            String url = gitea.url() + "team/app.git";
            CommitId commit = push(url.replace("//", "//" + GiteaProcess.ADMIN + ":" + gitea.token() + "@"));

            GitMirror mirror = mirrors.of(APP, new GitRemote(url, "fleet", gitea.token()));
            mirror.fetch("refs/heads/main", commit);
            try (Checkout checkout = mirror.checkout(commit, true)) {
                assertThat(checkout.directory().resolve("big.bin")).hasContent("real content");
                assertThat(checkout.directory().resolve("small.txt")).hasContent("small");
                assertThat(checkout.directory().resolve(".git")).doesNotExist();
            }
            assertThatThrownBy(() -> mirror.checkout(commit, false)).isInstanceOf(ClientException.class);
        }
    }

    private CommitId push(String url) throws Exception {
        Path tree = Files.createDirectory(temp.resolve("tree"));
        git(tree, "init", "-q", "-b", "main");
        git(tree, "lfs", "install", "--local");
        git(tree, "lfs", "track", "*.bin");
        Files.writeString(tree.resolve("big.bin"), "real content");
        Files.writeString(tree.resolve("small.txt"), "small");
        git(tree, "add", "-A");
        git(tree, "commit", "-q", "-m", "large");
        git(tree, "push", "-q", url, "main");
        return new CommitId(git(tree, "rev-parse", "HEAD"));
    }

    private String git(Path tree, String... arguments) throws Exception {
        List<String> all = new ArrayList<>(List.of("git", "-c", "user.name=a", "-c", "user.email=a@example.org"));
        all.addAll(List.of(arguments));
        Map<String, String> environment = new HashMap<>(System.getenv());
        environment.put("HOME", temp.toString());
        Command.Result result = new Command(all, environment, tree, "", Duration.ofSeconds(30)).run(1 << 20);
        assertThat(result.exit()).as(result.errors()).isZero();
        return result.text().strip();
    }
}
