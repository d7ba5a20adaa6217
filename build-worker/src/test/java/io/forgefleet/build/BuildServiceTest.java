package io.forgefleet.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.forgefleet.clients.registry.Manifest;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.PullRequestEvent;
import io.forgefleet.events.PushEvent;
import io.forgefleet.events.image.PushedImage;
import io.forgefleet.events.image.TrustClass;
import io.forgefleet.events.ledger.LedgerEntry;
import io.forgefleet.events.run.Outcome.Reason;
import io.forgefleet.events.run.RunState;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SharedSite.class)
class BuildServiceTest {

    private final Site site;

    BuildServiceTest(Site site) {
        this.site = site;
    }

    @Test
    void aPushEndsAsAnImageWithItsTagLabelsAndDigest() throws Exception {
        Clone clone = site.repository("pushed").write("hello", "1").write("Dockerfile", Site.PLAIN);
        CommitId commit = clone.push("feature/Add_New-Feature");
        PushEvent event = Site.pushed("pushed", "feature/Add_New-Feature", commit);

        RunState state = site.build(event);

        String tag = "feature-add-new-feature-" + commit.sha7();
        assertThat(Site.outcome(state).reason()).isEqualTo(Reason.SUCCEEDED);
        assertThat(Site.outcome(state).message())
                .matches("pushed " + tag
                        + " \\(1 image, \\d+% cached(, \\d+\\.\\d of \\d+\\.\\d MB)?\\) in \\d+\\.\\d s");
        Manifest manifest = site.manifest("pushed", tag);
        assertThat(state.images())
                .containsExactly(new PushedImage(
                        "image", site.registry.address() + "/team/pushed", tag, manifest.digest(), false));
        assertThat(manifest.isIndex()).isFalse();
        assertThat(site.client.labels("team/pushed", manifest))
                .containsEntry("org.opencontainers.image.revision", commit.value())
                .containsEntry("org.opencontainers.image.source", site.forge.url() + "/team/pushed")
                .containsEntry("org.opencontainers.image.created", "2023-11-14T22:13:20Z")
                .containsEntry("org.opencontainers.image.version", tag)
                .containsEntry("io.forgefleet.branch", "feature/Add_New-Feature")
                .doesNotContainKey("io.forgefleet.run");
        assertThat(manifest.annotations())
                .containsEntry("org.opencontainers.image.revision", commit.value())
                .containsEntry("io.forgefleet.run", Site.run(event).value())
                .containsEntry("io.forgefleet.trust", "branch");
        assertThat(site.ledgerOf(Site.run(event)))
                .extracting(LedgerEntry::kind, LedgerEntry::trust)
                .contains(tuple(LedgerEntry.Kind.IMAGE, TrustClass.BRANCH));
        assertThat(site.client.tags("team/pushed", 10))
                .anyMatch(each -> each.startsWith("buildcache-branch-feature-add-new-feature-"));
        assertThat(site.ledgerOf(Site.run(event))).extracting(LedgerEntry::kind).contains(LedgerEntry.Kind.CACHE);
    }

    @Test
    void theSameCommitAgainReusesItsDigest() throws Exception {
        Clone clone = site.repository("again").write("hello", "1").write("Dockerfile", Site.PLAIN);
        CommitId commit = clone.push("next");
        RunState first = site.build(Site.pushed("again", "next", commit));
        RunState second = site.build(Site.pushed("again", "next", commit));

        assertThat(Site.outcome(second).message()).isEqualTo("next-" + commit.sha7() + " was there already (1 image)");
        assertThat(second.images().getFirst().digest())
                .isEqualTo(first.images().getFirst().digest());
        assertThat(second.images().getFirst().reused()).isTrue();
        assertThat(site.ledgerOf(second.run())).hasSize(1);
    }

    @Test
    void twoRunsOfOneTagAtOnceBuildOnce() throws Exception {
        Clone clone = site.repository("twice").withBusybox();
        clone.write("Dockerfile", Site.RUNS + "RUN [\"/bin/busybox\", \"sleep\", \"1\"]\n");
        CommitId commit = clone.push("next");
        PushEvent one = Site.pushed("twice", "next", commit);
        PushEvent other = Site.pushed("twice", "next", commit);
        site.publish(one);
        site.publish(other);

        assertThat(List.of(site.ended(Site.run(one)), site.ended(Site.run(other))))
                .extracting(state -> state.images().getFirst().reused())
                .containsExactlyInAnyOrder(true, false);
    }

    @Test
    void aPullRequestGetsItsNumber() throws Exception {
        Clone clone = site.repository("pulled").write("hello", "1").write("Dockerfile", Site.PLAIN);
        clone.push("main");
        CommitId head = clone.write("hello", "2").push("feature");
        site.forge.openPullRequest("team/pulled", site.forge.account("team"), "Feature", "feature", "main");
        PullRequestEvent event = Site.opened("pulled", 1, head, false);

        assertThat(Site.outcome(site.build(event)).reason()).isEqualTo(Reason.SUCCEEDED);
        Manifest manifest = site.manifest("pulled", "pr-1-" + head.sha7());
        assertThat(site.client.labels("team/pulled", manifest)).containsEntry("io.forgefleet.pull-request", "1");
    }

    @Test
    void secretsOfBuildsAreNotInTheLog() throws Exception {
        Clone clone = site.repository("secret").withBusybox();
        clone.write(
                "Dockerfile",
                Site.RUNS + "RUN --mount=type=secret,id=token [\"/bin/busybox\", \"cat\", \"/run/secrets/token\"]\n");
        clone.write(".forgefleet.yml", "images: [{secrets: [token]}]\n");
        CommitId commit = clone.push("next");
        RunState state = site.build(Site.pushed("secret", "next", commit));
        assertThat(Site.outcome(state).reason()).isEqualTo(Reason.SUCCEEDED);
        assertThat(site.log(state.run())).contains("•••").doesNotContain("hunter2");
    }

    @Test
    void aSecretThatTheImageDoesNotNameIsNotThere() throws Exception {
        Clone clone = site.repository("unnamed").withBusybox();
        clone.write(
                "Dockerfile",
                Site.RUNS + "RUN --mount=type=secret,id=token [\"/bin/busybox\", \"test\", \"!\", \"-e\","
                        + " \"/run/secrets/token\"]\n");
        RunState state = site.build(Site.pushed("unnamed", "next", clone.push("next")));
        assertThat(Site.outcome(state).reason()).isEqualTo(Reason.SUCCEEDED);
    }

    @Test
    void aSecretThatNobodyConfiguredFailsWithItsName() throws Exception {
        Clone clone = site.repository("missing").write("hello", "1").write("Dockerfile", Site.PLAIN);
        clone.write(".forgefleet.yml", "images: [{secrets: [pip-index]}]\n");
        RunState state = site.build(Site.pushed("missing", "next", clone.push("next")));
        assertThat(Site.outcome(state).reason()).isEqualTo(Reason.FAILED);
        assertThat(Site.outcome(state).message()).startsWith("image wants the secret pip-index");
    }

    @Test
    void aTagOfAnotherCommitIsNeverMovedButTheShaGrows() throws Exception {
        Clone clone = site.repository("collision").write("hello", "1").write("Dockerfile", Site.PLAIN);
        CommitId first = clone.push("next");
        site.build(Site.pushed("collision", "next", first));
        CommitId second = clone.write("hello", "2").push("next");
        Manifest others = site.manifest("collision", "next-" + first.sha7());
        site.client.tag("team/collision", others, "next-" + second.sha7());

        RunState state = site.build(Site.pushed("collision", "next", second));

        assertThat(state.images().getFirst().tag()).isEqualTo("next-" + second.abbreviated(8));
        assertThat(site.manifest("collision", "next-" + second.sha7()).digest()).isEqualTo(others.digest());
    }

    @Test
    void anImageThatOnlyItsManifestCallsFreshIsRefused() throws Exception {
        Clone clone = site.repository("stale").write("hello", "1").write("Dockerfile", Site.PLAIN);
        CommitId first = clone.push("next");
        site.build(Site.pushed("stale", "next", first));
        CommitId second = clone.write("hello", "2").push("next");
        URI manifests = URI.create("http://" + site.registry.address() + "/v2/team/stale/manifests/");
        String type = "application/vnd.oci.image.manifest.v1+json";
        try (HttpClient http = HttpClient.newHttpClient()) {
            String old = http.send(
                            HttpRequest.newBuilder(manifests.resolve("next-" + first.sha7()))
                                    .header("Accept", type)
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
            http.send(
                    HttpRequest.newBuilder(manifests.resolve("next-" + second.sha7()))
                            .header("Content-Type", type)
                            .PUT(HttpRequest.BodyPublishers.ofString(old.replace(first.value(), second.value())))
                            .build(),
                    HttpResponse.BodyHandlers.discarding());
        }
        RunState state = site.build(Site.pushed("stale", "next", second));
        assertThat(Site.outcome(state).reason()).isEqualTo(Reason.FAILED);
        assertThat(Site.outcome(state).message()).contains("is of revision " + first.value() + " and not of");
    }

    @Test
    void severalPlatformsAreOneIndexThatIsReusedAsWell() throws Exception {
        Clone clone = site.repository("platforms").write("hello", "1").write("Dockerfile", Site.PLAIN);
        clone.write(".forgefleet.yml", "images: [{name: app, platforms: [linux/amd64, linux/arm64]}]\n");
        CommitId commit = clone.push("next");
        RunState first = site.build(Site.pushed("platforms", "next", commit));
        assertThat(Site.outcome(first).reason()).isEqualTo(Reason.SUCCEEDED);
        Manifest index = site.manifest("platforms", "next-" + commit.sha7());
        assertThat(index.isIndex()).isTrue();
        assertThat(index.digest()).isEqualTo(first.images().getFirst().digest());
        RunState second = site.build(Site.pushed("platforms", "next", commit));
        assertThat(second.images().getFirst().digest()).isEqualTo(index.digest());
        assertThat(site.tags("platforms")).hasSize(1);
    }

    @Test
    void aRebuildGetsATagOfItsOwn() throws Exception {
        Clone clone = site.repository("rebuilt").write("hello", "1").write("Dockerfile", Site.PLAIN);
        CommitId commit = clone.push("next");
        PushEvent event = Site.pushed("rebuilt", "next", commit);
        site.build(event);
        site.replay(event, true);
        site.replay(event, true);
        String tag = "next-" + commit.sha7();
        assertThat(site.tags("rebuilt")).containsExactly(tag, tag + "-r2", tag + "-r3");
    }

    @Test
    void aRepositoryFileDeclaresSeveralImages() throws Exception {
        Clone clone = site.repository("several").write("hello", "1").write("Dockerfile", Site.PLAIN);
        clone.write("sub/Dockerfile.server", "FROM scratch\nCOPY hello /hello\nLABEL x=y\n");
        clone.write(".forgefleet.yml", "images:\n- {name: cli}\n- {name: server, dockerfile: sub/Dockerfile.server}\n");
        CommitId commit = clone.push("next");
        RunState state = site.build(Site.pushed("several", "next", commit));
        assertThat(Site.outcome(state).reason()).isEqualTo(Reason.SUCCEEDED);
        assertThat(state.images())
                .extracting(PushedImage::repository)
                .containsExactly(
                        site.registry.address() + "/team/several/cli",
                        site.registry.address() + "/team/several/server");
        assertThat(site.tags("several/server")).containsExactly("next-" + commit.sha7());
    }

    @Test
    void protectedBuildsTakeNoStepThatABranchLeft() throws Exception {
        assumeTrue(Files.exists(Path.of("/bin/busybox")), "no busybox-static: apt-get install busybox-static");
        Clone clone = site.repository("guarded").withBusybox();
        clone.write("Dockerfile", Site.RUNS + "RUN [\"/bin/busybox\", \"echo\", \"guarded\"]\n");
        CommitId commit = clone.push("next");
        site.build(Site.pushed("guarded", "next", commit));
        clone.git("checkout", "-q", "-b", "again");
        RunState warm = site.build(Site.pushed("guarded", "again", clone.push("again")));
        assertThat(Site.outcome(warm).message()).contains("100% cached");
        RunState clean = site.build(Site.pushed("guarded", "main", clone.push("main")));
        assertThat(Site.outcome(clean).message()).contains(" 0% cached");
    }
}
