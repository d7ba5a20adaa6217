package io.forgefleet.work.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.forgefleet.events.CommitId;
import io.forgefleet.events.RefName;
import io.forgefleet.events.image.TrustClass;
import io.forgefleet.events.job.RunId;
import java.net.URI;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ImageLabelsTest {

    private static final CommitId COMMIT = new CommitId("a".repeat(40));
    private static final Source.Branch MAIN = new Source.Branch(RefName.branch("main"), true, false);
    private static final RunId RUN = new RunId("b".repeat(24));

    @Test
    void tellWhereAnImageComesFrom() {
        assertThat(labels(new Source.PullRequest(7, MAIN, false)))
                .containsEntry("org.opencontainers.image.revision", COMMIT.value())
                .containsEntry("org.opencontainers.image.source", "https://forge.example/team/app")
                .containsEntry("org.opencontainers.image.created", "2026-01-02T03:04:05Z")
                .containsEntry("org.opencontainers.image.version", "tag-1")
                .containsEntry("io.forgefleet.pull-request", "7")
                .doesNotContainKey("io.forgefleet.branch");
        assertThat(labels(MAIN)).containsEntry("io.forgefleet.branch", "main");
    }

    @Test
    void theRunIsNoLabelSinceImagesInheritThose() {
        assertThat(labels(MAIN)).doesNotContainKeys(ImageLabels.RUN, ImageLabels.TRUST);
        assertThat(ImageLabels.annotations(labels(MAIN), TrustClass.PROTECTED, RUN))
                .containsEntry("io.forgefleet.run", RUN.value())
                .containsAllEntriesOf(labels(MAIN));
    }

    @Test
    void anImageOfALowerClassDoesNotFit() {
        Map<String, String> byBranch = ImageLabels.annotations(labels(MAIN), TrustClass.BRANCH, RUN);
        assertThat(ImageLabels.fits(byBranch, COMMIT, TrustClass.PROTECTED)).isFalse();
        assertThat(ImageLabels.fits(byBranch, COMMIT, TrustClass.BRANCH)).isTrue();
        assertThat(ImageLabels.fits(byBranch, COMMIT, TrustClass.FORK)).isTrue();
    }

    @Test
    void anImageOfAnotherCommitOrOfNobodyDoesNotFit() {
        Map<String, String> byBranch = ImageLabels.annotations(labels(MAIN), TrustClass.BRANCH, RUN);
        assertThat(ImageLabels.fits(byBranch, new CommitId("c".repeat(40)), TrustClass.BRANCH))
                .isFalse();
        assertThat(ImageLabels.fits(Map.of(ImageLabels.REVISION, COMMIT.value()), COMMIT, TrustClass.FORK))
                .isFalse();
    }

    private static Map<String, String> labels(Source source) {
        return ImageLabels.labels(
                URI.create("https://forge.example/team/app"),
                source,
                COMMIT,
                Instant.parse("2026-01-02T03:04:05Z"),
                "tag-1");
    }
}
