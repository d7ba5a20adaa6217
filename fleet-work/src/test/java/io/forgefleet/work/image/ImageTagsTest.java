package io.forgefleet.work.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.forgefleet.events.CommitId;
import java.util.HexFormat;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageTagsTest {

    private static final CommitId COMMIT = new CommitId("abc1234def5678901234567890123456789012ab");
    private static final Pattern REGISTRIES_TAKE = Pattern.compile("[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}");

    @ParameterizedTest
    @CsvSource({
        "feature/Add_New-Feature, feature-add-new-feature-abc1234",
        "feature/fix-#123, feature-fix-123-abc1234",
        "release/1.2, release-1-2-abc1234",
        "--odd--, odd-abc1234",
        "ünïcode/x, n-code-x-abc1234",
        "$(rm -rf x), rm-rf-x-abc1234",
    })
    void sanitisesNamesOfBranches(String branch, String tag) {
        assertThat(ImageTags.ofBranch(branch).tag(COMMIT, 7, 1)).isEqualTo(tag);
    }

    @ParameterizedTest
    @CsvSource({
        "pr-7, branch-pr-7-abc1234",
        "PR/7, branch-pr-7-abc1234",
        "pr-7-abc1234, branch-pr-7-abc1234-abc1234",
        "pr, branch-pr-abc1234",
        "sha, branch-sha-abc1234",
        "sha-1234567, branch-sha-1234567-abc1234",
        "sha256, branch-sha256-abc1234",
        "deps, branch-deps-abc1234",
        "buildcache/main, branch-buildcache-main-abc1234",
        "latest, branch-latest-abc1234",
        "日本, branch-abc1234",
        "---, branch-abc1234",
    })
    void keepsNamesOfBranchesApartFromTheFleetsOwn(String branch, String tag) {
        assertThat(ImageTags.ofBranch(branch).tag(COMMIT, 7, 1)).isEqualTo(tag);
    }

    @ParameterizedTest
    @ValueSource(strings = {"pr-fix", "shaders", "latests", "deps2", "prs/7"})
    void leavesNamesAloneThatOnlyBeginAlike(String branch) {
        assertThat(ImageTags.ofBranch(branch).name()).doesNotStartWith("branch-");
    }

    @Test
    void namesPullRequestsAndTheDefaultBranch() {
        assertThat(ImageTags.ofPullRequest(267).tag(COMMIT, 7, 1)).isEqualTo("pr-267-abc1234");
        assertThat(ImageTags.ofDefaultBranch().tag(COMMIT, 7, 1)).isEqualTo("sha-abc1234");
    }

    @Test
    void growsTheShaAndCountsRebuilds() {
        assertThat(ImageTags.ofPullRequest(7).tag(COMMIT, 9, 1)).isEqualTo("pr-7-abc1234de");
        assertThat(ImageTags.ofPullRequest(7).tag(COMMIT, 7, 2)).isEqualTo("pr-7-abc1234-r2");
    }

    @Test
    void cutsLongNamesToWhatRegistriesTake() {
        String tag = ImageTags.ofBranch("x".repeat(119) + "/" + "y".repeat(200)).tag(COMMIT, 7, 1);
        assertThat(tag).isEqualTo("x".repeat(119) + "-abc1234");
        assertThat(ImageTags.ofBranch("x".repeat(300)).tag(COMMIT, 7, 1)).hasSize(128);
    }

    @Property
    void anyBranchGivesATagThatRegistriesTakeAndNobodyElseUses(
            @ForAll("branches") String branch,
            @ForAll("commits") CommitId commit,
            @ForAll @IntRange(min = 7, max = 40) int digits,
            @ForAll @IntRange(min = 1, max = 99) int build) {
        String tag = ImageTags.ofBranch(branch).tag(commit, digits, build);
        assertThat(tag).matches(REGISTRIES_TAKE);
        assertThat(tag).doesNotContain("--").doesNotEndWith("-");
        assertThat(tag).contains("-" + commit.abbreviated(digits));
        assertThat(tag)
                .doesNotMatch("pr-[0-9].*")
                .doesNotMatch("(sha|sha256|deps|buildcache|latest)-.*")
                .doesNotMatch("v?[0-9]+(\\.[0-9]+)*")
                .isNotEqualTo("latest");
    }

    @Property
    void twoCommitsNeverShareATagInFull(
            @ForAll("branches") String branch, @ForAll("commits") CommitId one, @ForAll("commits") CommitId other) {
        ImageTags tags = ImageTags.ofBranch(branch);
        String first = tags.tag(one, one.value().length(), 1);
        String second = tags.tag(other, other.value().length(), 1);
        assertThat(first.equals(second)).isEqualTo(one.equals(other));
    }

    @Provide
    Arbitrary<String> branches() {
        Arbitrary<String> any = Arbitraries.strings().ofMinLength(1).ofMaxLength(300);
        Arbitrary<String> words =
                Arbitraries.of("pr", "sha", "sha256", "deps", "buildcache", "latest", "7", "1.2", "v1");
        Arbitrary<String> alike = words.list().ofMinSize(1).ofMaxSize(40).flatMap(list -> Arbitraries.of(
                        "-", "/", ".", "_", "--")
                .map(with -> String.join(with, list)));
        return Arbitraries.oneOf(any, alike);
    }

    @Provide
    Arbitrary<CommitId> commits() {
        return Arbitraries.bytes()
                .array(byte[].class)
                .ofSize(20)
                .map(bytes -> HexFormat.of().formatHex(bytes))
                .filter(hex -> !CommitId.isZero(hex))
                .map(CommitId::new);
    }
}
