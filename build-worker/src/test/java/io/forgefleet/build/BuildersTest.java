package io.forgefleet.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forgefleet.clients.registry.Manifest;
import io.forgefleet.clients.tool.Command;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.PushEvent;
import io.forgefleet.events.ledger.LedgerEntry;
import io.forgefleet.events.run.Outcome.Reason;
import io.forgefleet.events.run.RunState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An engine and BuildKit daemons beside each other; some of the daemons come to harm. */
class BuildersTest {

    private static final int DOOMED = BuildKitDaemon.freePort();
    private static final int WATCHED = BuildKitDaemon.freePort();
    private static final int FULL = BuildKitDaemon.freePort();
    private static final int CLEAN = BuildKitDaemon.freePort();

    @TempDir
    static Path folder;

    private static Site site;
    private static BuildKitDaemon clean;

    @BeforeAll
    static void start() throws Exception {
        BuildKitDaemon.assumePresent();
        site = new Site(folder, Site.Setup.of("", registry -> {
            clean = BuildKitDaemon.start(folder.resolve("clean"), CLEAN, registry);
            return """
                    - {name: engine, endpoint: "%s", trust: [branch], slots: 1}
                    - {name: doomed, endpoint: "tcp://127.0.0.1:%d", trust: [branch], slots: 3}
                    - {name: watched, endpoint: "tcp://127.0.0.1:%d", trust: [branch], slots: 3}
                    - {name: full, endpoint: "tcp://127.0.0.1:%d", trust: [branch], slots: 2}
                    - {name: clean, endpoint: "tcp://127.0.0.1:%d", trust: [protected], slots: 2}
                    """.formatted(Site.ENGINE, DOOMED, WATCHED, FULL, CLEAN);
        }));
    }

    @AfterAll
    static void stop() throws Exception {
        if (site != null) {
            site.close();
        }
        if (clean != null) {
            clean.close();
        }
    }

    @Test
    void aBuilderOfItsOwnLetsProtectedBranchesUseTheirCaches() throws Exception {
        Clone clone = site.repository("own").withBusybox();
        clone.write("Dockerfile", Site.RUNS + "RUN [\"/bin/busybox\", \"touch\", \"/made\"]\n");
        CommitId first = clone.push("main");
        RunState cold = site.build(Site.pushed("own", "main", first));
        assertThat(Site.outcome(cold).reason()).as(Site.outcome(cold).message()).isEqualTo(Reason.SUCCEEDED);
        Manifest image = site.manifest("own", "sha-" + first.sha7());
        assertThat(site.manifest("own", "latest").digest()).isEqualTo(image.digest());
        assertThat(site.client.labels("team/own", image))
                .containsEntry("org.opencontainers.image.revision", first.value());
        assertThat(site.ledgerOf(cold.run())).extracting(LedgerEntry::kind).contains(LedgerEntry.Kind.CACHE);
        assertThat(site.ledgerOf(cold.run()).getFirst().tags())
                .as("known before it has a tag")
                .isEmpty();

        RunState warm = site.build(Site.pushed("own", "main", clone.push("main")));
        assertThat(Site.outcome(warm).message()).contains("100% cached");
    }

    @Test
    void aProtectedBuildTakesNeitherLayerNorMountNorCacheThatABranchLeft() throws Exception {
        Clone clone = site.repository("poisoned").withBusybox();
        String mount = "RUN --mount=type=cache,target=/c [\"/bin/busybox\", \"sh\", \"-c\", ";
        clone.write(
                "Dockerfile",
                Site.RUNS + mount + "\"/bin/busybox touch /c/poison; /bin/busybox date +%s%N > /made\"]\n");
        CommitId poisoned = clone.push("next");
        assertThat(Site.outcome(site.build(Site.pushed("poisoned", "next", poisoned)))
                        .reason())
                .isEqualTo(Reason.SUCCEEDED);
        // the same steps, and what the branch wrote into the cache that they mount
        CommitId same = clone.push("main");
        RunState guarded = site.build(Site.pushed("poisoned", "main", same));
        assertThat(Site.outcome(guarded).message()).contains(" 0% cached");
        assertThat(site.manifest("poisoned", "sha-" + same.sha7()).layers().getLast())
                .isNotEqualTo(site.manifest("poisoned", "next-" + poisoned.sha7())
                        .layers()
                        .getLast());
        String looks = "\"test ! -e /c/poison || exit 7\"]\n";
        clone.write("Dockerfile", Site.RUNS + mount.replace("target=/c", "target=/c,id=other") + looks);
        RunState clear = site.build(Site.pushed("poisoned", "main", clone.push("main")));
        assertThat(Site.outcome(clear).reason()).isEqualTo(Reason.SUCCEEDED);
        assertThat(site.log(guarded.run())).doesNotContain("buildcache-branch");
    }

    @Test
    void aBuilderThatDiesLosesItsRunToAnother() throws Exception {
        Clone clone = site.repository("moved").withBusybox();
        clone.write(
                "Dockerfile",
                Site.RUNS + "RUN [\"/bin/busybox\", \"sh\", \"-c\", \"echo begun; /bin/busybox sleep 4\"]\n");
        CommitId commit = clone.push("next");
        PushEvent event = Site.pushed("moved", "next", commit);
        try (BuildKitDaemon doomed = BuildKitDaemon.start(folder.resolve("doomed"), DOOMED, site.registry.address())) {
            site.publish(event);
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> site.log(Site.run(event)).contains("begun"));
            doomed.process().kill();
        }
        RunState state = site.ended(Site.run(event));
        assertThat(Site.outcome(state).reason())
                .as(Site.outcome(state).message())
                .isEqualTo(Reason.SUCCEEDED);
        assertThat(state.attempt()).isGreaterThan(1);
        assertThat(site.tags("moved")).containsExactly("next-" + commit.sha7());
    }

    @Test
    void anOvertakenBuildIsCancelledInBuildKitsOwnHistory() throws Exception {
        Clone clone = site.repository("overtaken").withBusybox();
        clone.write("Dockerfile", Site.RUNS + "RUN [\"/bin/busybox\", \"sleep\", \"600\"]\n");
        PushEvent slow = Site.pushed("overtaken", "next", clone.push("next"));
        try (BuildKitDaemon watched =
                BuildKitDaemon.start(folder.resolve("watched"), WATCHED, site.registry.address())) {
            site.publish(slow);
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> site.log(Site.run(slow)).contains("sleep"));
            assertThat(watched.history()).contains("\"record\"").doesNotContain("CompletedAt");
            CommitId quick =
                    clone.write("hello", "1").write("Dockerfile", Site.PLAIN).push("next");
            site.publish(Site.pushed("overtaken", "next", quick));
            await().atMost(Duration.ofSeconds(6)).until(() -> watched.history().contains("context canceled"));
            assertThat(Site.outcome(site.ended(Site.run(slow))).reason()).isEqualTo(Reason.SUPERSEDED);
        }
    }

    @Test
    void aBuilderWhoseDiskIsFullLosesItsRunToAnother() throws Exception {
        Path disk = Files.createDirectories(folder.resolve("full"));
        run("mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", disk.toString());
        try (BuildKitDaemon full = BuildKitDaemon.start(disk, FULL, site.registry.address())) {
            Clone clone = site.repository("full").withBusybox();
            clone.write(
                    "Dockerfile",
                    Site.RUNS
                            + "RUN [\"/bin/busybox\", \"dd\", \"if=/dev/zero\", \"of=/zeros\", \"bs=1M\", \"count=64\"]\n");
            CommitId commit = clone.push("next");
            RunState state = site.build(Site.pushed("full", "next", commit));
            assertThat(full.process().isAlive()).isTrue();
            assertThat(Site.outcome(state).reason())
                    .as(Site.outcome(state).message())
                    .isEqualTo(Reason.SUCCEEDED);
            assertThat(site.log(state.run())).containsIgnoringCase("no space left on device");
            assertThat(site.tags("full")).containsExactly("next-" + commit.sha7());
        } finally {
            run("umount", "-l", disk.toString());
        }
    }

    private static void run(String... command) throws Exception {
        Command.Result result = new Command(
                        List.of(command), Map.of("PATH", System.getenv("PATH")), null, "", Duration.ofSeconds(10))
                .run(4096);
        assertThat(result.exit()).as(result.errors()).isZero();
    }
}
