package io.forgefleet.clients.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forgefleet.clients.ClientException;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.RepositoryId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckoutTest {

    private static final RepositoryId APP = new RepositoryId("forge", "team/app");

    @TempDir
    Path temp;

    private Origin origin;
    private GitMirrors mirrors;
    private GitHttpServer server;

    @BeforeEach
    void start() throws Exception {
        origin = new Origin(temp.resolve("forge"), "app.git");
        origin.write("Dockerfile", "FROM scratch\n");
        mirrors = new GitMirrors(temp.resolve("data"), Duration.ofSeconds(20));
        server = new GitHttpServer(temp.resolve("forge"));
    }

    @AfterEach
    void stop() throws Exception {
        mirrors.close();
        server.close();
    }

    private Checkout checkout(CommitId commit, boolean trusted) throws Exception {
        GitMirror mirror = mirrors.of(APP, new GitRemote(server.url("app.git"), "fleet", "t0ken"));
        mirror.fetch("refs/heads/main", commit);
        return mirror.checkout(commit, trusted);
    }

    @Test
    void writesTheFilesAndRemovesThem() throws Exception {
        origin.write("bin/run", "#!/bin/sh\n");
        Files.setPosixFilePermissions(
                origin.tree().resolve("bin/run"),
                java.util.EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_EXECUTE));
        CommitId commit = origin.commit("refs/heads/main");
        Path directory;
        try (Checkout checkout = checkout(commit, true)) {
            directory = checkout.directory();
            assertThat(directory.resolve("Dockerfile")).hasContent("FROM scratch\n");
            assertThat(directory.resolve("bin/run")).isExecutable();
            assertThat(directory.resolve(".git")).doesNotExist();
        }
        assertThat(directory).doesNotExist();
        try (Stream<Path> left = Files.list(directory.getParent())) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void runsNoHookAndNoFilterOfTheRepository() throws Exception {
        origin.write(".gitattributes", "* filter=evil\n");
        origin.write(".git-hooks/post-checkout", "#!/bin/sh\ntouch " + temp.resolve("hacked") + "\n");
        origin.write(".gitconfig", "[filter \"evil\"]\n\tsmudge = touch " + temp.resolve("hacked") + "\n");
        try (Checkout checkout = checkout(origin.commit("refs/heads/main"), true)) {
            assertThat(checkout.directory().resolve("Dockerfile")).hasContent("FROM scratch\n");
        }
        assertThat(temp.resolve("hacked")).doesNotExist();
    }

    @Test
    void readsNothingOutsideOfTheTree() throws Exception {
        Files.createSymbolicLink(origin.tree().resolve("out"), Path.of("/etc/passwd"));
        Files.createSymbolicLink(origin.tree().resolve("folder"), Path.of("/etc"));
        Files.createSymbolicLink(origin.tree().resolve("within"), Path.of("Dockerfile"));
        try (Checkout checkout = checkout(origin.commit("refs/heads/main"), true)) {
            for (String path : List.of("out", "folder/passwd", "../../home/gitconfig", "/etc/passwd")) {
                assertThatThrownBy(() -> checkout.inside(path))
                        .isInstanceOf(ClientException.class)
                        .hasMessageContaining("leads out of the repository");
            }
            assertThat(checkout.inside("within")).contains(checkout.directory().resolve("Dockerfile"));
            assertThat(checkout.inside("no such")).isEmpty();
        }
        assertThat(Path.of("/etc/passwd")).exists();
    }

    @Test
    void bringsSubmodulesAndLeavesNoRepository() throws Exception {
        Origin library = new Origin(temp.resolve("forge"), "library.git");
        library.write("lib.txt", "of the library\n");
        library.commit("refs/heads/main");
        addSubmodule("../library.git", library);
        try (Checkout checkout = checkout(origin.commit("refs/heads/main"), true)) {
            assertThat(checkout.directory().resolve("vendor/lib/lib.txt")).hasContent("of the library\n");
            try (Stream<Path> all = Files.walk(checkout.directory())) {
                assertThat(all.filter(path -> path.endsWith(".git"))).isEmpty();
            }
        }
    }

    @Test
    void fetchesAStrangersSubmodulesWithoutTheToken() throws Exception {
        Origin library = new Origin(temp.resolve("forge"), "library.git");
        library.write("lib.txt", "x");
        library.commit("refs/heads/main");
        addSubmodule("../library.git", library);
        CommitId commit = origin.commit("refs/heads/main");
        checkout(commit, false).close();
        assertThat(server.requests).anyMatch(line -> line.startsWith("/library.git"));
        assertThat(server.requests)
                .filteredOn(line -> line.startsWith("/library.git"))
                .allMatch(line -> line.endsWith(" -"));
        checkout(commit, true).close();
        assertThat(server.requests).anyMatch(line -> line.startsWith("/library.git") && line.contains(" Basic "));
    }

    @Test
    void refusesASubmoduleOnThisMachine() throws Exception {
        Origin library = new Origin(temp.resolve("forge"), "library.git");
        library.write("lib.txt", "x");
        library.commit("refs/heads/main");
        addSubmodule(library.url(), library);
        CommitId commit = origin.commit("refs/heads/main");
        assertThatThrownBy(() -> checkout(commit, true))
                .isInstanceOfSatisfying(
                        ClientException.class, e -> assertThat(e.kind()).isEqualTo(ClientException.Kind.REFUSED))
                .hasMessageContaining("'file' not allowed");
        assertNothingLeft();
    }

    @Test
    void removesTheCheckoutsOfAKilledProcess() throws Exception {
        Path left = Files.createDirectories(temp.resolve("data/checkouts/of-a-killed-process/run"));
        Files.writeString(left.resolve("file"), "x");
        try (GitMirrors others = new GitMirrors(temp.resolve("data"), Duration.ofSeconds(20))) {
            assertThat(left).doesNotExist();
            try (Checkout checkout = checkout(origin.commit("refs/heads/main"), true)) {
                assertThat(checkout.directory()).exists();
            }
            assertThat(others.refs(GitRemote.anonymous(origin.url())).commits()).isNotEmpty();
        }
    }

    private void addSubmodule(String url, Origin library) throws Exception {
        origin.write(".gitmodules", "[submodule \"lib\"]\n\tpath = vendor/lib\n\turl = " + url + "\n");
        String sha = library.git(library.tree(), "rev-parse", "HEAD");
        origin.git(origin.tree(), "update-index", "--add", "--cacheinfo", "160000," + sha + ",vendor/lib");
        Files.createDirectories(origin.tree().resolve("vendor/lib"));
    }

    private void assertNothingLeft() throws IOException {
        try (Stream<Path> left = Files.walk(temp.resolve("data/checkouts"))) {
            assertThat(left.filter(Files::isRegularFile)
                            .filter(file -> !file.toString().endsWith(".lock")))
                    .isEmpty();
        }
    }
}
