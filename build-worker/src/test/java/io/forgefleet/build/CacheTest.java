package io.forgefleet.build;

import static org.assertj.core.api.Assertions.assertThat;

import io.forgefleet.clients.registry.Manifest;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.ledger.LedgerEntry;
import io.forgefleet.events.run.Outcome.Reason;
import io.forgefleet.events.run.RunState;
import io.forgefleet.events.run.Step;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What builds of one repository spare each other. */
@ExtendWith(SharedSite.class)
class CacheTest {

    private static final String ONCE = Site.RUNS.replace("scratch", "scratch AS base")
            + "RUN [\"/bin/busybox\", \"sh\", \"-c\", \"/bin/busybox date +%s%N > /once\"]\nFROM base\n";

    private final Site site;

    CacheTest(Site site) {
        this.site = site;
    }

    @Test
    void stepsThatTwoImagesOfOneEventShareRunOnce() throws Exception {
        Clone clone = twoImages("cache-shared");
        CommitId commit = clone.push("next");
        RunState state = site.build(Site.pushed("cache-shared", "next", commit));
        assertThat(Site.outcome(state).reason()).isEqualTo(Reason.SUCCEEDED);
        Manifest cli = site.manifest("cache-shared/cli", "next-" + commit.sha7());
        Manifest server = site.manifest("cache-shared/server", "next-" + commit.sha7());
        assertThat(cli.layers().subList(0, 2)).isEqualTo(server.layers().subList(0, 2));
        assertThat(cli.digest()).isNotEqualTo(server.digest());
    }

    @Test
    void whatLockFilesNameIsWrittenOnceForAllBranchesOfAClass() throws Exception {
        Clone clone = twoImages("cache-content").write("sub/uv.lock", "a");
        site.build(Site.pushed("cache-content", "one", clone.push("one")));
        List<String> first = contents("cache-content/cli");
        assertThat(first).hasSize(1).allMatch(tag -> tag.matches("buildcache-branch-key-[0-9a-f]{24}"));
        assertThat(contents("cache-content/server")).isEqualTo(first);
        var before = site.client.digest("team/cache-content/cli", first.getFirst());

        site.build(Site.pushed("cache-content", "two", clone.write("hello", "2").push("two")));
        assertThat(contents("cache-content/cli")).isEqualTo(first);
        assertThat(site.client.digest("team/cache-content/cli", first.getFirst()))
                .isEqualTo(before);

        site.build(Site.pushed(
                "cache-content", "two", clone.write("sub/uv.lock", "b").push("two")));
        assertThat(contents("cache-content/cli")).hasSize(2);
    }

    @Test
    void aBuildThatRanNoStepWritesNoCacheAgain() throws Exception {
        Clone clone = site.repository("cache-idle").write("hello", "1").write("Dockerfile", Site.PLAIN);
        RunState first = site.build(Site.pushed("cache-idle", "next", clone.push("next")));
        RunState second = site.build(Site.pushed("cache-idle", "next", clone.push("next")));
        assertThat(Site.outcome(second).message()).contains("100% cached");
        assertThat(site.ledgerOf(first.run()))
                .filteredOn(entry -> entry.kind() == LedgerEntry.Kind.CACHE)
                .hasSize(2);
        assertThat(site.ledgerOf(second.run())).extracting(LedgerEntry::kind).containsOnly(LedgerEntry.Kind.IMAGE);
    }

    @Test
    void theBytesOfLayersWhoseStepsWereNotRunAreCounted() throws Exception {
        byte[] large = new byte[3_000_000];
        new Random().nextBytes(large);
        Clone clone = site.repository("cache-bytes").write("small", "first " + System.nanoTime());
        clone.write("large", Base64.getEncoder().encodeToString(large));
        clone.write("Dockerfile", "FROM scratch AS files\nCOPY large /large\nFROM files\nCOPY small /small\n");
        RunState cold = site.build(Site.pushed("cache-bytes", "next", clone.push("next")));
        assertThat(Site.outcome(cold).message()).contains("0% cached, 0.0 of 3.0 MB");
        clone.write("small", Base64.getEncoder().encodeToString(Arrays.copyOf(large, 1_000_000)));
        CommitId commit = clone.push("next");
        RunState warm = site.build(Site.pushed("cache-bytes", "next", commit));
        assertThat(Site.outcome(warm).message()).contains("50% cached, 3.0 of 4.0 MB");
    }

    @Test
    void aWarmBuildSaysWhichStepBrokeTheChain() throws Exception {
        Clone clone = site.repository("cache-broken").withBusybox().write("hello", "first " + System.nanoTime());
        clone.write("Dockerfile", Site.RUNS + "COPY hello /hello\nRUN [\"/bin/busybox\", \"true\"]\n");
        site.build(Site.pushed("cache-broken", "next", clone.push("next")));
        RunState warm = site.build(Site.pushed(
                "cache-broken",
                "next",
                clone.write("hello", "second " + System.nanoTime()).push("next")));
        Optional<String> detail = warm.steps().stream()
                .filter(step -> step.name().startsWith("build"))
                .map(Step::detail)
                .findFirst();
        assertThat(detail).contains("1 of 3 steps cached; the first that was not: [2/3] COPY hello /hello");
    }

    @Test
    void aSecretInABuildArgumentIsRefused() throws Exception {
        Clone clone = site.repository("cache-secret").write("hello", "1").write("Dockerfile", Site.PLAIN);
        clone.write(".forgefleet.yml", "images: [{args: {INDEX: \"https://x:hunter2-and-more@example.org\"}}]\n");
        RunState state = site.build(Site.pushed("cache-secret", "next", clone.push("next")));
        assertThat(Site.outcome(state).reason()).isEqualTo(Reason.FAILED);
        assertThat(Site.outcome(state).message())
                .startsWith("the build argument INDEX of image holds a secret")
                .contains("--mount=type=secret")
                .doesNotContain("hunter2");
        assertThat(site.tags("cache-secret")).isEmpty();
    }

    private Clone twoImages(String repository) throws Exception {
        Clone clone = site.repository(repository).withBusybox().write("hello", "1");
        clone.write("Dockerfile", ONCE + "COPY hello /cli\n").write("Dockerfile.server", ONCE + "COPY hello /server\n");
        return clone.write(
                ".forgefleet.yml", "images:\n- {name: cli}\n- {name: server, dockerfile: Dockerfile.server}\n");
    }

    private List<String> contents(String repository) throws Exception {
        return site.client.tags("team/" + repository, 100).stream()
                .filter(tag -> tag.contains("-key-"))
                .toList();
    }
}
