package io.forgefleet.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.forgefleet.clients.registry.DockerCredentials;
import io.forgefleet.clients.registry.Registry;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.image.PushedImage;
import io.forgefleet.events.ledger.LedgerEntry;
import io.forgefleet.events.run.Outcome.Reason;
import io.forgefleet.events.run.RunState;
import io.forgefleet.host.registry.LocalRegistry;
import io.forgefleet.host.registry.RegistryProgram;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images that go to two registries, of two generations where both are there. */
class RegistriesTest {

    @TempDir
    static Path folder;

    private static LocalRegistry hub;
    private static Registry hubClient;
    private static Site site;

    @BeforeAll
    static void start() throws Exception {
        assumeTrue(RegistryProgram.findAny().isPresent(), "no registry program: apt-get install docker-registry");
        hub = RegistryProgram.DISTRIBUTION_2.isAvailable()
                ? LocalRegistry.start(RegistryProgram.DISTRIBUTION_2, folder.resolve("hub"), 0)
                : LocalRegistry.start(folder.resolve("hub"), 0);
        hubClient = new Registry(hub.address(), true, DockerCredentials.ofThisProcess(), Duration.ofSeconds(10));
        site = new Site(
                folder,
                Site.Setup.copying(
                        "images: main\ncopyTo: [hub]",
                        "- {name: hub, address: \"%s/mirror\", plainHttp: true}".formatted(hub.address())));
    }

    @AfterAll
    static void stop() throws Exception {
        if (site != null) {
            site.close();
        }
        if (hub != null) {
            hub.close();
        }
    }

    @Test
    void oneBuildIsInBothRegistriesByTheSameDigest() throws Exception {
        Clone clone = site.repository("both").write("hello", "1").write("Dockerfile", Site.PLAIN);
        clone.write(".forgefleet.yml", "images: [{platforms: [linux/amd64, linux/arm64]}]\n");
        CommitId commit = clone.push("main");
        RunState state = site.build(Site.pushed("both", "main", commit));
        assertThat(Site.outcome(state).reason())
                .as(Site.outcome(state).message())
                .isEqualTo(Reason.SUCCEEDED);
        String tag = "sha-" + commit.sha7();
        assertThat(state.images())
                .extracting(PushedImage::repository)
                .containsExactly(site.registry.address() + "/team/both", hub.address() + "/mirror/team/both");
        assertThat(hubClient.digest("mirror/team/both", tag))
                .contains(site.manifest("both", tag).digest());
        assertThat(hubClient.digest("mirror/team/both", "latest")).isEqualTo(hubClient.digest("mirror/team/both", tag));
        assertThat(site.ledgerOf(state.run()))
                .filteredOn(entry -> entry.kind() == LedgerEntry.Kind.IMAGE)
                .extracting(LedgerEntry::key)
                .contains(
                        state.images().getFirst().digest() + "@" + state.run() + "@" + site.registry.address()
                                + "/team/both",
                        state.images().getFirst().digest() + "@" + state.run() + "@" + hub.address()
                                + "/mirror/team/both");
    }

    @Test
    void aTagThatTheSecondRegistryGaveToSomethingElseIsNotMoved() throws Exception {
        Clone clone = site.repository("taken").write("hello", "1").write("Dockerfile", Site.PLAIN);
        CommitId first = clone.push("next");
        site.build(Site.pushed("taken", "next", first));
        CommitId second = clone.write("hello", "2").push("next");
        var others = hubClient.get("mirror/team/taken", "next-" + first.sha7());
        hubClient.tag("mirror/team/taken", others, "next-" + second.sha7());

        RunState state = site.build(Site.pushed("taken", "next", second));
        assertThat(state.images()).extracting(PushedImage::tag).containsOnly("next-" + second.abbreviated(8));
        assertThat(hubClient.digest("mirror/team/taken", "next-" + second.sha7()))
                .contains(others.digest());
    }
}
