package io.forgefleet.clients.forge;

import static io.forgefleet.clients.forge.ReleaseSample.REPOSITORY;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.ClientException.Kind;
import io.forgefleet.clients.forge.release.PreparedRelease;
import io.forgefleet.clients.forge.release.PublishedRelease;
import io.forgefleet.clients.forge.release.ReleaseAsset;
import io.forgefleet.clients.forge.release.ReleasePlan;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.job.RunId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of releases on every forge. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ReleaseConformance {

    static final RunId RUN = new RunId("0123456789abcdef01234567");
    static final RunId LATER = new RunId("76543210fedcba9876543210");

    ReleaseSample releases;
    Forge forge;

    private Path files;

    abstract ReleaseSample releaseSample(Path folder) throws Exception;

    /** Whether the forge has drafts, and tells of them. */
    boolean hasDrafts() {
        return true;
    }

    @BeforeAll
    void startForge(@TempDir Path folder, @TempDir Path forFiles) throws Exception {
        files = forFiles;
        releases = releaseSample(folder);
        forge = releases.open(true);
    }

    @AfterAll
    void stopForge() {
        if (releases != null) {
            releases.close();
        }
    }

    /** For files of a test. */
    Path folder() {
        return files;
    }

    static Map<String, byte[]> small(String... texts) {
        Map<String, byte[]> content = new TreeMap<>();
        for (int i = 0; i < texts.length; i++) {
            content.put("file-" + (i + 1) + ".txt", texts[i].getBytes(UTF_8));
        }
        return content;
    }

    static ReleasePlan plan(Path folder, String tag, CommitId commit, RunId run, Map<String, byte[]> content)
            throws Exception {
        Path inside = Files.createTempDirectory(folder, "files");
        List<ReleaseAsset> assets = new ArrayList<>();
        for (Map.Entry<String, byte[]> file : content.entrySet()) {
            Path path = Files.write(inside.resolve(file.getKey()), file.getValue());
            assets.add(ReleaseAsset.of(file.getKey(), path, "application/octet-stream"));
        }
        return new ReleasePlan(tag, commit, "Version " + tag, "## Changes ü\n", false, true, run, assets);
    }

    private ReleasePlan plan(String tag, CommitId commit, RunId run, Map<String, byte[]> content) throws Exception {
        return plan(files, tag, commit, run, content);
    }

    private PreparedRelease prepare(ReleasePlan plan) throws Exception {
        return forge.releases().prepare(REPOSITORY, plan);
    }

    private PreparedRelease publish(ReleasePlan plan) throws Exception {
        return forge.releases().publish(REPOSITORY, plan);
    }

    private List<String> published() throws Exception {
        return forge.releases().published(REPOSITORY, 1000).stream()
                .map(PublishedRelease::tag)
                .toList();
    }

    private Kind refusal(ReleasePlan plan) {
        ClientException prepared = catchThrowableOfType(ClientException.class, () -> prepare(plan));
        ClientException published = catchThrowableOfType(ClientException.class, () -> publish(plan));
        assertThat(prepared).hasMessageStartingWith("could not ").hasMessageContaining(plan.tag());
        assertThat(published.kind()).isEqualTo(prepared.kind());
        return prepared.kind();
    }

    @Test
    void aDraftIsSeenByNobodyUntilItIsPublishedWithEveryByte() throws Exception {
        byte[] large = new byte[3 << 20];
        new Random(1).nextBytes(large);
        Map<String, byte[]> content = small("one", "two ü");
        content.put("app_1.0+local~rc1-py3-none-any.whl", large);
        ReleasePlan plan = plan("v1.0.0", releases.tag("v1.0.0", true), RUN, content);

        PreparedRelease draft = prepare(plan);
        assertThat(draft.published()).isFalse();
        assertThat(draft.uploaded()).containsExactlyInAnyOrderElementsOf(content.keySet());
        assertThat(published()).doesNotContain("v1.0.0");
        PreparedRelease again = prepare(plan);
        assertThat(again.uploaded()).isEmpty();
        assertThat(again.kept()).containsExactlyInAnyOrderElementsOf(content.keySet());

        PreparedRelease whole = publish(plan);
        assertThat(whole.published()).isTrue();
        assertThat(whole.uploaded()).isEmpty();
        assertThat(whole.url()).startsWith("http");
        assertThat(published()).contains("v1.0.0");
        for (Map.Entry<String, byte[]> file : content.entrySet()) {
            byte[] got = releases.download("v1.0.0", nameOf(file.getKey()));
            assertThat(Arrays.equals(got, file.getValue())).as(file.getKey()).isTrue();
        }
        assertThat(releases.notes("v1.0.0")).startsWith("## Changes ü");

        for (PreparedRelease later : List.of(prepare(plan), publish(plan))) {
            assertThat(later.published()).isTrue();
            assertThat(later.uploaded()).isEmpty();
            assertThat(later.kept()).hasSize(3);
        }
    }

    /** The name that people see. */
    String nameOf(String name) {
        return name;
    }

    @Test
    void publishesAtOnceWhatWasNotPrepared() throws Exception {
        String tag = "release/2.0";
        PreparedRelease whole = publish(plan(tag, releases.tag(tag, false), RUN, small("1", "2", "3")));
        assertThat(whole.published()).isTrue();
        assertThat(whole.uploaded()).hasSize(3);
        assertThat(releases.download(tag, "file-3.txt")).asString(UTF_8).isEqualTo("3");
    }

    @Test
    void replacesAFileOfItsDraftThatHasOtherBytesOfTheSameSize() throws Exception {
        ReleasePlan plan = plan("v1.1.0", releases.tag("v1.1.0", false), RUN, small("right", "kept"));
        prepare(plan);
        releases.deleteFile("v1.1.0", "file-1.txt");
        releases.addFile("v1.1.0", "file-1.txt", "wrong".getBytes(UTF_8));
        PreparedRelease whole = publish(plan);
        assertThat(whole.uploaded()).containsExactly("file-1.txt");
        assertThat(whole.kept()).containsExactly("file-2.txt");
        assertThat(releases.download("v1.1.0", "file-1.txt")).asString(UTF_8).isEqualTo("right");
    }

    @Test
    void takesBackItsOwnFilesAndLeavesThoseOfOthers() throws Exception {
        CommitId commit = releases.tag("v1.2.0", false);
        prepare(plan("v1.2.0", commit, RUN, small("1", "2", "3")));
        if (hasDrafts()) {
            releases.addFile("v1.2.0", "theirs.txt", "theirs".getBytes(UTF_8));
        }
        PreparedRelease whole = publish(plan("v1.2.0", commit, RUN, small("1")));
        assertThat(whole.kept()).containsExactly("file-1.txt");
        if (hasDrafts()) {
            assertThat(whole.foreign()).containsExactly("theirs.txt");
            assertThat(releases.download("v1.2.0", "theirs.txt"))
                    .asString(UTF_8)
                    .isEqualTo("theirs");
        }
        assertThatThrownBy(() -> releases.download("v1.2.0", "file-2.txt")).isInstanceOf(RuntimeException.class);
    }

    @Test
    void leavesAReleaseAloneThatSomebodyElseMade() throws Exception {
        for (boolean draft : hasDrafts() ? new boolean[] {true, false} : new boolean[] {false}) {
            String tag = "v1.3." + draft;
            CommitId commit = releases.tag(tag, false);
            releases.makeRelease(tag, draft);
            ReleasePlan plan = plan(tag, commit, RUN, small("1"));
            assertThat(refusal(plan)).isEqualTo(Kind.REFUSED);
            assertThatThrownBy(() -> prepare(plan)).hasMessageContaining("the fleet did not make");
            assertThat(forge.releases().discard(REPOSITORY, tag, RUN)).isFalse();
            assertThat(releases.notes(tag)).isEqualTo("somebody's");
            assertThat(releases.releasesOf(tag)).isEqualTo(1);
        }
    }

    @Test
    void aTagThatWasMovedOrDeletedIsNotReleased() throws Exception {
        CommitId commit = releases.tag("v1.4.0", false);
        ReleasePlan plan = plan("v1.4.0", commit, RUN, small("1"));
        prepare(plan);
        releases.deleteTag("v1.4.0");
        assertThat(refusal(plan)).isEqualTo(Kind.NOT_FOUND);
        assertThat(forge.releases().tag(REPOSITORY, "v1.4.0")).isEmpty();
        CommitId other = releases.tag("v1.4.0", true);
        assertThat(forge.releases().tag(REPOSITORY, "v1.4.0")).contains(other);
        assertThat(refusal(plan)).isEqualTo(Kind.REFUSED);
        assertThatThrownBy(() -> publish(plan)).hasMessageContaining(other.value());
        assertThat(published().contains("v1.4.0")).isEqualTo(publishesDraftsOfPushedTags());
    }

    /** Whether a push of a tag publishes a draft of it, whoever made that. */
    boolean publishesDraftsOfPushedTags() {
        return false;
    }

    @Test
    void anAbortedRunTakesItsDraftAwayAndNothingElse() throws Exception {
        CommitId commit = releases.tag("v1.5.0", true);
        ReleasePlan plan = plan("v1.5.0", commit, RUN, small("1", "2"));
        prepare(plan);
        assertThat(forge.releases().discard(REPOSITORY, "v1.5.0", LATER)).isFalse();
        assertThat(releases.releasesOf("v1.5.0")).isEqualTo(1);
        assertThat(forge.releases().discard(REPOSITORY, "v1.5.0", RUN)).isTrue();
        assertThat(forge.releases().discard(REPOSITORY, "v1.5.0", RUN)).isFalse();
        assertThat(releases.releasesOf("v1.5.0")).isZero();
        assertThat(forge.releases().tag(REPOSITORY, "v1.5.0")).contains(commit);

        assertThat(publish(plan).uploaded()).hasSize(2);
        assertThat(forge.releases().discard(REPOSITORY, "v1.5.0", RUN)).isFalse();
        assertThat(releases.download("v1.5.0", "file-2.txt")).asString(UTF_8).isEqualTo("2");
    }

    @Test
    void aLaterRunGoesOnWithTheDraftOfAnEarlierOne() throws Exception {
        Assumptions.assumeTrue(hasDrafts(), "each run has files of its own on this forge");
        CommitId commit = releases.tag("v1.6.0", false);
        prepare(plan("v1.6.0", commit, RUN, small("1", "2", "3")));
        PreparedRelease taken = prepare(plan("v1.6.0", commit, LATER, small("1", "x")));
        assertThat(taken.kept()).containsExactly("file-1.txt");
        assertThat(taken.uploaded()).containsExactly("file-2.txt");
        assertThat(taken.foreign()).isEmpty();
        assertThat(releases.releasesOf("v1.6.0")).isEqualTo(1);
        assertThat(forge.releases().discard(REPOSITORY, "v1.6.0", RUN)).isFalse();
        assertThat(forge.releases().discard(REPOSITORY, "v1.6.0", LATER)).isTrue();
    }

    @Test
    void whatIsPublishedIsNotChanged() throws Exception {
        CommitId commit = releases.tag("v1.7.0", false);
        publish(plan("v1.7.0", commit, RUN, small("1", "2")));
        for (RunId run : List.of(RUN, LATER)) {
            assertThat(refusal(plan("v1.7.0", commit, run, small("1", "x")))).isEqualTo(Kind.REFUSED);
            assertThat(refusal(plan("v1.7.0", commit, run, small("1", "2", "3"))))
                    .isEqualTo(Kind.REFUSED);
            assertThat(publish(plan("v1.7.0", commit, run, small("1", "2"))).published())
                    .isTrue();
        }
        assertThat(releases.download("v1.7.0", "file-2.txt")).asString(UTF_8).isEqualTo("2");
    }

    @Test
    void listsTheNewestReleasesFirst() throws Exception {
        for (String tag : List.of("v3.0.0", "v3.0.1", "v3.0.2")) {
            publish(plan(tag, releases.tag(tag, false), RUN, small(tag)));
        }
        assertThat(published()).containsSubsequence("v3.0.2", "v3.0.0").containsOnlyOnce("v3.0.1");
        assertThat(forge.releases().published(REPOSITORY, 2)).hasSize(2);
    }

    @Test
    void saysThatTheTokenMayNotRelease() throws Exception {
        CommitId commit = releases.tag("v1.8.0", false);
        ReleasePlan plan = plan("v1.8.0", commit, RUN, small("1"));
        assertThatThrownBy(() -> releases.open(false).releases().prepare(REPOSITORY, plan))
                .isInstanceOfSatisfying(
                        ClientException.class, e -> assertThat(e.kind()).isEqualTo(Kind.UNAUTHORIZED))
                .hasMessageNotContaining("another-secret");
        assertThat(releases.releasesOf("v1.8.0")).isZero();
    }
}
