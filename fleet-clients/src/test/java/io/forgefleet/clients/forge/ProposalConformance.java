package io.forgefleet.clients.forge;

import static io.forgefleet.clients.forge.ReleaseSample.REPOSITORY;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.ClientException.Kind;
import io.forgefleet.clients.forge.change.FileTree;
import io.forgefleet.clients.forge.change.Proposal;
import io.forgefleet.clients.forge.change.ProposedPullRequest;
import io.forgefleet.clients.forge.change.ProposedPullRequest.Result;
import io.forgefleet.clients.forge.change.StoredFile;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What becomes of files and proposals on every forge. */
abstract class ProposalConformance extends ReleaseConformance {

    private static final List<String> CASES = List.of("opens", "same", "newer", "has", "closed", "gone", "merged");

    SampleForge sample;

    abstract SampleForge sample(Path folder) throws Exception;

    @Override
    ReleaseSample releaseSample(Path folder) throws Exception {
        sample = sample(folder);
        return sample;
    }

    @BeforeAll
    void pushFiles() throws Exception {
        Map<String, String> files = new HashMap<>();
        for (String name : CASES) {
            files.put(path(name), "old");
            files.put("untouched/" + name, "kept");
        }
        files.putAll(Map.of("b/a.yml", "1", "b/b/c.yml", "2", "b/ü d.yml", "3", "at/x y.yml", "first\r\nü"));
        files.put("large", "x".repeat(StoredFile.MOST_BYTES + 1));
        files.put("just", "x".repeat(StoredFile.MOST_BYTES));
        sample.push("main", files);
    }

    private static String path(String name) {
        return ".forge/work flows/" + name + " ü#?%.yml";
    }

    /** A file that is on main, of the test alone, and the branch that changes it. */
    private final class Case {
        final String path;
        final String branch;

        Case(String name) {
            path = path(name);
            branch = "forgefleet/" + name;
        }

        ProposedPullRequest propose(String title, String text) throws Exception {
            return forge.propose(REPOSITORY, proposal(title, Map.of(path, text)))
                    .orElseThrow();
        }

        Proposal proposal(String title, Map<String, String> texts) throws Exception {
            Map<String, byte[]> files = new HashMap<>();
            texts.forEach((file, text) -> files.put(file, text.getBytes(UTF_8)));
            FileTree tree = forge.tree(REPOSITORY, "main");
            return new Proposal("main", tree.commit(), branch, "Pin " + title, title, "Body of " + title, files);
        }

        String text(String file) throws Exception {
            return read(branch, file);
        }
    }

    private String read(String branch, String path) throws Exception {
        FileTree tree = forge.tree(REPOSITORY, branch);
        return new String(
                forge.file(REPOSITORY, tree.commit(), path).orElseThrow().content(), UTF_8);
    }

    @Test
    void listsTheFilesOfABranchAcrossPages() throws Exception {
        FileTree tree = forge.tree(REPOSITORY, "main");
        assertThat(tree.paths()).contains("README.md", "b/a.yml", "b/b/c.yml", "b/ü d.yml");
        assertThat(tree.paths()).doesNotContain("b", "b/b", "link.md");
        assertThat(sample.log("main").getFirst()).startsWith(tree.commit().value());
    }

    @Test
    void saysThatABranchIsNotThere() {
        assertThatThrownBy(() -> forge.tree(REPOSITORY, "no/such"))
                .isInstanceOfSatisfying(
                        ClientException.class, e -> assertThat(e.kind()).isEqualTo(Kind.NOT_FOUND))
                .hasMessageContaining("no/such of forge/team/app");
    }

    @Test
    void readsAFileAsItWasAtTheCommit() throws Exception {
        FileTree before = forge.tree(REPOSITORY, "main");
        sample.push("main", Map.of("at/x y.yml", "second"));
        assertThat(new String(
                        forge.file(REPOSITORY, before.commit(), "at/x y.yml")
                                .orElseThrow()
                                .content(),
                        UTF_8))
                .isEqualTo("first\r\nü");
        assertThat(read("main", "at/x y.yml")).isEqualTo("second");
        assertThat(forge.file(REPOSITORY, before.commit(), "at/none.yml")).isEmpty();
    }

    @Test
    void aFileThatIsTooLargeIsNotRead() throws Exception {
        FileTree tree = forge.tree(REPOSITORY, "main");
        assertThatThrownBy(() -> forge.file(REPOSITORY, tree.commit(), "large"))
                .isInstanceOfSatisfying(
                        ClientException.class, e -> assertThat(e.kind()).isEqualTo(Kind.REFUSED))
                .hasMessageContaining("1048577 bytes");
        assertThat(forge.file(REPOSITORY, tree.commit(), "just").orElseThrow().content())
                .hasSize(StoredFile.MOST_BYTES);
    }

    @Test
    void opensAPullRequestOfOneCommit() throws Exception {
        Case test = new Case("opens");
        String base = sample.log("main").getFirst();
        ProposedPullRequest pull = forge.propose(
                        REPOSITORY, test.proposal("opens", Map.of(test.path, "new", "added/x.yml", "added")))
                .orElseThrow();
        assertThat(pull.result()).isEqualTo(Result.OPENED);
        assertThat(pull.url()).startsWith("http").endsWith("/" + pull.number());
        assertThat(sample.described(pull.number())).isEqualTo("opens | Body of opens");
        assertThat(test.text(test.path)).isEqualTo("new");
        assertThat(test.text("added/x.yml")).isEqualTo("added");
        assertThat(test.text("untouched/opens")).isEqualTo("kept");
        assertThat(read("main", test.path)).isEqualTo("old");
        List<String> log = sample.log(test.branch);
        assertThat(log.get(0)).endsWith(" Pin opens");
        assertThat(log.get(1)).isEqualTo(base);
    }

    @Test
    void theSameContentAgainWritesNothing() throws Exception {
        Case test = new Case("same");
        ProposedPullRequest first = test.propose("first", "new");
        List<String> log = sample.log(test.branch);
        ProposedPullRequest second = test.propose("second", "new");
        assertThat(second).isEqualTo(new ProposedPullRequest(first.number(), first.url(), Result.UNCHANGED));
        assertThat(sample.log(test.branch)).isEqualTo(log);
        assertThat(sample.described(first.number())).startsWith("first");
    }

    @Test
    void newerContentTakesThePlaceOfOlderInTheSamePullRequest() throws Exception {
        Case test = new Case("newer");
        ProposedPullRequest first = forge.propose(
                        REPOSITORY, test.proposal("first", Map.of(test.path, "1", "untouched/newer", "changed once")))
                .orElseThrow();
        sample.push("main", Map.of("newer/meanwhile", "moved"));
        String base = sample.log("main").getFirst();
        ProposedPullRequest second = test.propose("second", "2");
        assertThat(second).isEqualTo(new ProposedPullRequest(first.number(), first.url(), Result.UPDATED));
        assertThat(sample.described(first.number())).isEqualTo("second | Body of second");
        assertThat(test.text(test.path)).isEqualTo("2");
        assertThat(test.text("untouched/newer")).isEqualTo("kept");
        assertThat(test.text("newer/meanwhile")).isEqualTo("moved");
        assertThat(sample.log(test.branch).get(1)).isEqualTo(base);
        assertThat(test.propose("third", "2").result()).isEqualTo(Result.UNCHANGED);
    }

    @Test
    void whatABaseHasAlreadyIsNotProposed() throws Exception {
        Case test = new Case("has");
        assertThat(forge.propose(REPOSITORY, test.proposal("has", Map.of(test.path, "old"))))
                .isEmpty();
        assertThatThrownBy(() -> forge.tree(REPOSITORY, test.branch)).isInstanceOf(ClientException.class);
    }

    @Test
    void whatSomebodyClosedIsNotOpenedAgainUntilItIsNewer() throws Exception {
        Case test = new Case("closed");
        ProposedPullRequest first = test.propose("first", "1");
        sample.closePull(first.number());
        assertThat(test.propose("again", "1"))
                .isEqualTo(new ProposedPullRequest(first.number(), first.url(), Result.DECLINED));
        sample.push(test.branch, Map.of("left/over", "x"));
        ProposedPullRequest second = test.propose("second", "2");
        assertThat(second.result()).isEqualTo(Result.OPENED);
        assertThat(forge.tree(REPOSITORY, test.branch).paths()).doesNotContain("left/over");
        assertThat(second.number()).isGreaterThan(first.number());
        assertThat(sample.described(first.number())).startsWith("first");
    }

    @Test
    void whatSomebodyClosedWithItsBranchIsNotOpenedAgain() throws Exception {
        Case test = new Case("gone");
        ProposedPullRequest first = test.propose("first", "1");
        sample.closePull(first.number());
        sample.deleteBranch(test.branch);
        assertThat(test.propose("again", "1").result()).isEqualTo(Result.DECLINED);
    }

    @Test
    void afterAMergeTheNextOneIsOpened() throws Exception {
        Case test = new Case("merged");
        ProposedPullRequest first = test.propose("first", "1");
        sample.mergePull(first.number());
        assertThat(forge.propose(REPOSITORY, test.proposal("again", Map.of(test.path, "1"))))
                .isEmpty();
        ProposedPullRequest second = test.propose("second", "2");
        assertThat(second.result()).isEqualTo(Result.OPENED);
        assertThat(second.number()).isNotEqualTo(first.number());
        assertThat(test.text(test.path)).isEqualTo("2");
    }
}
