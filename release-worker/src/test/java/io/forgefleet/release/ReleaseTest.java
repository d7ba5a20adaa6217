package io.forgefleet.release;

import static org.assertj.core.api.Assertions.assertThat;

import io.forgefleet.clients.registry.Registry;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.TagEvent;
import io.forgefleet.events.image.Digest;
import io.forgefleet.events.run.Outcome.Reason;
import io.forgefleet.events.run.RunState;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Releases by the real engine, registries, cosign, Syft and osv-scanner, on the small forge. */
class ReleaseTest {

    private static final String VULNERABLE =
            "FROM scratch\nCOPY METADATA /usr/lib/python3/dist-packages/Jinja2-2.4.1.dist-info/METADATA\n";

    @TempDir
    static Path folder;

    private static ReleaseSite site;

    @BeforeAll
    static void start() throws Exception {
        site = new ReleaseSite(folder, "", Map.of()).startReleases();
    }

    @AfterAll
    static void stop() throws Exception {
        if (site != null) {
            site.close();
        }
    }

    @Test
    void aTagBecomesSignedImagesInEveryRegistryAndOlderVersionsMoveNothingBack() throws Exception {
        Clone clone = site.repository("app");
        clone.push("main");
        RunState first = site.release(clone, "app", "v1.2.0");
        assertThat(ReleaseSite.outcome(first).message()).startsWith("released 1.2.0");
        Registry hub = ReleaseSite.client(site.second);
        assertThat(site.tags(site.client, "team/app")).containsExactly("1", "1.2", "1.2.0", "latest");
        assertThat(site.tags(hub, "mirror/team/app")).containsExactly("1", "1.2", "1.2.0", "latest");

        CommitId older = clone.write("hello", "older").push("main");
        clone.write("hello", "no release").push("v1.1.5"); // a branch called like the tag to come
        clone.git("reset", "-q", "--hard", older.value());
        RunState second = site.release(clone, "app", "v1.1.5");
        assertThat(ReleaseSite.outcome(second).reason()).isEqualTo(Reason.SUCCEEDED);
        Optional<Digest> newest = site.client.digest("team/app", "1.2.0");
        assertThat(site.client.digest("team/app", "latest")).isEqualTo(newest);
        assertThat(site.client.digest("team/app", "1")).isEqualTo(newest);
        assertThat(site.client.digest("team/app", "1.1")).isEqualTo(site.client.digest("team/app", "1.1.5"));
        assertThat(site.client.get("team/app", "1.1.5").annotations())
                .containsEntry("org.opencontainers.image.revision", older.value());

        RunState third = site.release(clone, "app", "v1.1.6"); // a second tag of the same commit
        assertThat(ReleaseSite.outcome(third).message()).startsWith("released 1.1.6");
        assertThat(site.client.get("team/app", "1.1.6").annotations())
                .containsEntry("org.opencontainers.image.revision", older.value());
        assertThat(site.client.digest("team/app", "1.1")).isEqualTo(site.client.digest("team/app", "1.1.6"));
    }

    @Test
    void aHighFindingIsStoppedAndAValidWaiverAloneLetsItPass() throws Exception {
        Clone clone = site.repository("old")
                .write("METADATA", "Metadata-Version: 2.1\nName: Jinja2\nVersion: 2.4.1\n")
                .write("Dockerfile", VULNERABLE);
        clone.push("main");
        RunState stopped = site.release(clone, "old", "v1.0.0");
        assertThat(ReleaseSite.outcome(stopped).reason()).isEqualTo(Reason.FAILED);
        assertThat(ReleaseSite.outcome(stopped).message())
                .startsWith("not released:")
                .containsIgnoringCase("high");
        assertThat(site.tags(site.client, "team/old")).isEmpty();

        clone.write(".forgefleet/waivers.yml", waivers("2020-01-01")).push("main");
        RunState expired = site.release(clone, "old", "v1.0.1");
        assertThat(ReleaseSite.outcome(expired).message())
                .startsWith("not released:")
                .contains("expired");

        clone.write(".forgefleet/waivers.yml", waivers("2099-01-01")).push("main");
        RunState waived = site.release(clone, "old", "v1.0.2");
        assertThat(ReleaseSite.outcome(waived).message()).startsWith("released 1.0.2");
        assertThat(site.tags(site.client, "team/old")).containsExactly("1", "1.0", "1.0.2", "latest");
    }

    private static String waivers(String until) {
        StringBuilder waivers = new StringBuilder("waivers:\n");
        for (String advisory : new String[] {"CVE-2019-10906", "CVE-2014-0012", "CVE-2014-1402"}) {
            waivers.append("- {advisory: %s, package: jinja2, reason: no templates, expires: %s}\n"
                    .formatted(advisory, until));
        }
        return waivers.toString();
    }

    @Test
    void whatATagMayNotDoIsToldBeforeAnythingIsBuilt() throws Exception {
        Clone clone = site.repository("rules");
        clone.push("main");
        TagEvent none = ReleaseSite.tagged(ReleaseSite.id("rules"), "nightly", clone.tag("nightly"));
        site.publish(none);

        assertThat(message(clone, "rules", "v1.2")).contains("names no version");
        assertThat(message(clone, "rules", "v1.0.0+build")).contains("names no version");
        CommitId elsewhere = clone.write("hello", "elsewhere").push("feature");
        assertThat(message(clone, "rules", "v3.0.0")).contains("no protected branch holds", elsewhere.sha7());
        assertThat(site.states.get(ReleaseSite.run(none))).isNull();
        assertThat(site.tags(site.client, "team/rules")).isEmpty();
    }

    private static String message(Clone clone, String repository, String tag) throws Exception {
        RunState state = site.release(clone, repository, tag);
        assertThat(ReleaseSite.outcome(state).reason()).isEqualTo(Reason.FAILED);
        return ReleaseSite.outcome(state).message();
    }
}
