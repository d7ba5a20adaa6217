package io.forgefleet.clients.git;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.ClientException.Kind;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.RepositoryId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GitMirrorTest {

    private static final RepositoryId APP = new RepositoryId("forge", "team/app");

    @TempDir
    Path temp;

    private Origin origin;
    private GitMirrors mirrors;

    @BeforeEach
    void start() throws Exception {
        origin = new Origin(temp.resolve("forge"), "app.git");
        origin.write("Dockerfile", "FROM scratch\n");
        mirrors = new GitMirrors(temp.resolve("data"), Duration.ofSeconds(20));
    }

    @AfterEach
    void stop() throws Exception {
        mirrors.close();
    }

    private GitMirror mirror() {
        return mirrors.of(APP, GitRemote.anonymous(origin.url()));
    }

    private static boolean failed(Throwable thrown, Kind kind) {
        return thrown instanceof ClientException e && e.kind() == kind;
    }

    @Test
    void fetchesOneCommitAndTellsTheHead() throws Exception {
        CommitId first = origin.commit("refs/heads/main");
        assertThat(mirror().fetch("refs/heads/main", first)).contains(first);
        CommitId second = origin.commit("refs/heads/main");
        assertThat(mirror().fetch("refs/heads/main", first)).contains(second);
        assertThat(mirror().isAncestor(first, second)).isTrue();
        assertThat(mirror().isAncestor(second, first)).isFalse();
        assertThat(mirror().isAncestor(first, first)).isTrue();
    }

    @Test
    void listsTheHeadsAfterACommitWithoutWhatTheyMerged() throws Exception {
        CommitId first = origin.commit("refs/heads/main");
        CommitId second = origin.commit("refs/heads/main");
        origin.git(origin.tree(), "checkout", "-q", "-b", "side", first.value());
        CommitId side = origin.commit("refs/heads/side");
        origin.git(origin.tree(), "checkout", "-q", "main");
        origin.git(origin.tree(), "merge", "-q", "--no-ff", "-m", "merge", side.value());
        CommitId merge = origin.commit("refs/heads/main");
        mirror().fetch("refs/heads/main", merge);
        assertThat(mirror().after(first, merge, 10)).contains(merge, second).doesNotContain(side, first);
        assertThat(mirror().after(first, merge, 10).getFirst()).isEqualTo(merge);
        assertThat(mirror().after(merge, merge, 10)).isEmpty();
    }

    @Test
    void listsWhatCommitsSayBetweenTwoTags() throws Exception {
        CommitId first = origin.commit("refs/tags/v1");
        origin.git(origin.tree(), "checkout", "-q", "-b", "side", first.value());
        origin.git(origin.tree(), "commit", "-q", "--allow-empty", "-m", "@all <b>ü</b>\nsame line\n\nbody");
        CommitId side = new CommitId(origin.git(origin.tree(), "rev-parse", "HEAD"));
        origin.git(origin.tree(), "checkout", "-q", "main");
        CommitId main = origin.commit("refs/heads/main");
        origin.git(origin.tree(), "merge", "-q", "--no-ff", "-m", "merge", side.value());
        origin.push("HEAD", "refs/tags/v2");
        CommitId merge = new CommitId(origin.git(origin.tree(), "rev-parse", "HEAD"));
        mirror().fetch("refs/tags/v2", merge);
        assertThat(mirror().subjects(Optional.of(first), merge, 10))
                .containsExactlyInAnyOrder(
                        new CommitSubject(side, "@all <b>ü</b> same line"), new CommitSubject(main, "change 2"));
        assertThat(mirror().subjects(Optional.empty(), merge, 10)).hasSize(3);
        assertThat(mirror().subjects(Optional.empty(), merge, 2)).hasSize(2);
        assertThat(mirror().subjects(Optional.of(merge), merge, 10)).isEmpty();
    }

    @Test
    void findsWhichTextsTheFilesOfACommitHaveLiterally() throws Exception {
        origin.write("ci/build.yml", "image: registry.example/ci@sha256:aa\nother: a.c\n");
        CommitId commit = origin.commit("refs/heads/main");
        mirror().fetch("refs/heads/main", commit);
        assertThat(mirror().mentions(commit, new TreeSet<>(List.of("sha256:aa", "sha256:bb", "a.c"))))
                .containsExactlyInAnyOrder("sha256:aa", "a.c");
        assertThat(mirror().mentions(commit, new TreeSet<>(List.of("abc", "-x"))))
                .isEmpty();
    }

    @Test
    void tellsTheDefaultBranch() throws Exception {
        assertThat(mirror().defaultBranch()).isEmpty();
        origin.commit("refs/heads/main");
        assertThat(mirror().defaultBranch()).contains("refs/heads/main");
    }

    @Test
    void readsCommitTimeAndFilesInOneGo() throws Exception {
        origin.write("a b/ü.txt", "x");
        CommitId commit = origin.commit("refs/heads/main");
        mirror().fetch("refs/heads/main", commit);
        CommitFiles files = mirror().read(
                        commit,
                        List.of("no such file", "Dockerfile", "a b", "missing 3", "a b/ü.txt", "../../etc/passwd"));
        assertThat(files.committedAt()).isEqualTo(Instant.ofEpochSecond(1_700_000_000));
        assertThat(files.files().keySet()).containsExactlyInAnyOrder("Dockerfile", "a b/ü.txt");
        assertThat(files.file("Dockerfile").map(bytes -> new String(bytes, UTF_8)))
                .contains("FROM scratch\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "$(touch${IFS}hacked)",
                "`touch${IFS}hacked`",
                "--upload-pack=touch",
                "a'b\"c;d|e&f>g<h",
                "функция/日本語-ü",
                "-x",
                "%2e%2e",
                "emoji-🚀"
            })
    void takesHostileNamesAsNames(String name) throws Exception {
        String ref = "refs/heads/" + name;
        CommitId commit = origin.commit(ref);
        assertThat(mirror().fetch(ref, commit)).contains(commit);
        assertThat(mirror().head(ref)).contains(commit);
        assertThat(mirror().refs().head(ref)).contains(commit);
        assertThat(temp.resolve("hacked")).doesNotExist();
        assertThat(Path.of("hacked")).doesNotExist();
    }

    @Test
    void takesNamesOf300Characters() throws Exception {
        String ref = "refs/heads/" + "a".repeat(150) + "/" + "b".repeat(149);
        CommitId commit = origin.commit(ref);
        assertThat(mirror().fetch(ref, commit)).contains(commit);
        assertThat(mirror().head(ref)).contains(commit);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"main", "refs/heads/a b", "refs/heads/*", "refs/heads/a:refs/heads/b", "refs/heads/a\nx", "-x"})
    void refusesWhatIsNoFullName(String ref) throws Exception {
        CommitId commit = origin.commit("refs/heads/main");
        assertThatThrownBy(() -> mirror().fetch(ref, commit)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> mirror().head(ref)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void findsABranchBelowADeletedOne() throws Exception {
        CommitId commit = origin.commit("refs/heads/a");
        mirror().fetch("refs/heads/a", commit);
        origin.git(origin.bare, "update-ref", "-d", "refs/heads/a");
        CommitId below = origin.commit("refs/heads/a/b");
        assertThat(mirror().fetch("refs/heads/a/b", below)).contains(below);
    }

    @Test
    void givesACommitWhoseRefIsGone() throws Exception {
        CommitId commit = origin.commit("refs/heads/topic");
        origin.push("HEAD", "refs/pull/7/head");
        mirror().fetch("refs/heads/topic", commit);
        origin.git(origin.bare, "update-ref", "-d", "refs/heads/topic");
        assertThat(mirror().fetch("refs/heads/topic", commit)).isEmpty();
        assertThat(mirror().head("refs/heads/topic")).isEmpty();
    }

    @Test
    void givesACommitThatAForcedPushLeftBehind() throws Exception {
        origin.commit("refs/heads/main");
        CommitId left = origin.commit("refs/heads/topic");
        origin.git(origin.tree(), "reset", "-q", "--hard", "HEAD~1");
        origin.write("other", "x");
        CommitId head = origin.commit("refs/heads/topic");
        assertThat(mirror().fetch("refs/heads/topic", left)).contains(head);
        assertThat(mirror().holds(left)).isTrue();
    }

    @Test
    void saysThatACommitIsNotToBeHad() throws Exception {
        CommitId head = origin.commit("refs/heads/main");
        CommitId nowhere = new CommitId("1".repeat(40));
        assertThatThrownBy(() -> mirror().fetch("refs/heads/main", nowhere))
                .matches(e -> failed(e, Kind.NOT_FOUND))
                .hasMessageContaining("not to be had");
        assertThatThrownBy(() -> mirror().fetch("refs/heads/gone", nowhere)).matches(e -> failed(e, Kind.NOT_FOUND));
        assertThat(mirror().head("refs/heads/main")).contains(head);
    }

    @Test
    void peelsAnnotatedTags() throws Exception {
        CommitId commit = origin.commit("refs/heads/main");
        origin.git(origin.tree(), "tag", "-a", "-m", "one", "v1");
        origin.push("v1", "refs/tags/v1");
        assertThat(mirror().fetch("refs/tags/v1", commit)).contains(commit);
        assertThat(mirror().head("refs/tags/v1")).contains(commit);
        assertThat(mirror().refs().head("refs/tags/v1")).contains(commit);
    }

    @Test
    void namesTheDefaultBranchAndPullRequests() throws Exception {
        CommitId commit = origin.commit("refs/heads/main");
        origin.push("HEAD", "refs/merge-requests/3/head");
        RemoteRefs refs = mirrors.refs(GitRemote.anonymous(origin.url()));
        assertThat(refs.defaultBranch()).isEqualTo(Optional.of("refs/heads/main"));
        assertThat(refs.head("refs/merge-requests/3/head")).contains(commit);
        assertThat(refs.head("refs/merge-requests/30/head")).isEmpty();
    }

    @Test
    void knowsARepositoryWithoutCommits() throws Exception {
        assertThat(mirror().refs().commits()).isEmpty();
        assertThat(mirror().head("refs/heads/main")).isEmpty();
    }

    @Test
    void fetchesSha256Repositories() throws Exception {
        Origin wide = new Origin(temp.resolve("forge"), "wide.git", "sha256");
        wide.write("file", "x");
        CommitId commit = wide.commit("refs/heads/main");
        GitMirror mirror = mirrors.of(new RepositoryId("forge", "team/wide"), GitRemote.anonymous(wide.url()));
        assertThat(commit.value()).hasSize(64);
        assertThat(mirror.fetch("refs/heads/main", commit)).contains(commit);
        try (Checkout checkout = mirror.checkout(commit, true)) {
            assertThat(checkout.directory().resolve("file")).hasContent("x");
        }
    }

    @Test
    void fetchesInParallel() throws Exception {
        List<CommitId> commits = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            origin.write("file", "content " + i);
            commits.add(origin.commit("refs/heads/b" + i));
        }
        List<Callable<Optional<CommitId>>> calls = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            int n = i % 4;
            calls.add(() -> {
                Optional<CommitId> head = mirror().fetch("refs/heads/b" + n, commits.get(n));
                try (Checkout checkout = mirror().checkout(commits.get(n), true)) {
                    assertThat(checkout.directory().resolve("file")).hasContent("content " + n);
                }
                return head;
            });
        }
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Optional<CommitId>>> heads = threads.invokeAll(calls);
            for (int i = 0; i < heads.size(); i++) {
                assertThat(heads.get(i).get()).contains(commits.get(i % 4));
            }
        }
    }

    @Test
    void getsOverTheLockOfAKilledFetch() throws Exception {
        CommitId first = origin.commit("refs/heads/main");
        mirror().fetch("refs/heads/main", first);
        Path lock;
        try (var mirror = Files.list(temp.resolve("data/mirrors"))) {
            lock = mirror.findFirst()
                    .orElseThrow()
                    .resolve("refs/fleet/" + GitMirrors.hash("refs/heads/main") + ".lock");
        }
        Files.createFile(lock);
        Files.setLastModifiedTime(lock, FileTime.from(Instant.now().minusSeconds(60)));
        CommitId second = origin.commit("refs/heads/main");
        assertThat(mirror().fetch("refs/heads/main", second)).contains(second);
    }

    @Test
    void worksAfterTidying() throws Exception {
        CommitId first = origin.commit("refs/heads/main");
        mirror().fetch("refs/heads/main", first);
        mirror().tidy();
        assertThat(mirror().fetch("refs/heads/main", first)).contains(first);
        CommitId second = origin.commit("refs/heads/main");
        assertThat(mirror().fetch("refs/heads/main", second)).contains(second);
    }
}
