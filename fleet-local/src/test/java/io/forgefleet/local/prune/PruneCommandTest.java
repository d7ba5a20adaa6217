package io.forgefleet.local.prune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.forgefleet.events.image.Digest;
import io.forgefleet.events.wire.Json;
import io.forgefleet.host.registry.RegistryProgram;
import io.forgefleet.local.cli.Shell;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What people see of cleanups, through a gateway, from real parts; a forge repository for each test. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PruneCommandTest {

    @TempDir
    private static Path folder;

    private PruneFleet fleet;

    @BeforeAll
    void start() throws Exception {
        fleet = new PruneFleet(folder);
    }

    @AfterAll
    void stop() throws Exception {
        if (fleet != null) {
            fleet.close();
        }
    }

    private Shell fleet(String... arguments) {
        return Shell.fleet(fleet.environment(), arguments);
    }

    /** Without an event that tells when, its time counts from when a cleanup saw it first. */
    private void closed(String name, long number) {
        fleet.close(name, number);
        assertThat(fleet("prune", "--dry-run", "--repo", "team/" + name).exit()).isZero();
    }

    private static String line(Shell shell, String part) {
        return shell.out()
                .lines()
                .filter(line -> line.contains(part))
                .findFirst()
                .orElse("no line with " + part);
    }

    @Test
    void aDryRunTellsWhatGoesWhatStaysAndByWhichChainAndDeletesNothing() throws Exception {
        fleet.repository("dry", 2);
        Digest closed = fleet.image("dry", 1, "pr-1-aaaaaaa");
        fleet.image("dry", 2, "pr-2-bbbbbbb");
        closed("dry", 1);

        Shell shell = fleet("prune", "--dry-run", "--repo", "team/dry");

        assertThat(shell.exit()).as(shell.err()).isZero();
        assertThat(shell.out()).contains(fleet.registryAddress() + "/team/dry").contains("DIGEST", "SIZE", "AGE");
        assertThat(line(shell, "pr-1-aaaaaaa"))
                .startsWith("goes")
                .contains(closed.value().substring(0, 19))
                .contains("#1 closed, since ");
        assertThat(line(shell, "pr-2-bbbbbbb")).startsWith("kept").contains("newest image of #2");
        assertThat(shell.err())
                .contains("1 of 2 manifests would go")
                .contains("each blob counted once")
                .contains("garbage");
        assertThat(fleet.tags("dry")).containsExactlyInAnyOrder("pr-1-aaaaaaa", "pr-2-bbbbbbb");

        JsonNode json = Json.mapper()
                .readTree(fleet("prune", "--dry-run", "--repo", "here/team/dry", "--json")
                        .out());
        JsonNode plan = json.path("repositories").path(0).path("images").path(0).path("plan");
        assertThat(plan.path("items").size()).isEqualTo(2);
        assertThat(plan.path("freed").asLong())
                .as("manifest, configuration and layer")
                .isEqualTo(json.path("freed").asLong())
                .isPositive();
    }

    @Test
    void pruneDeletesWhatIsOverAndWhatIsSharedStays() throws Exception {
        fleet.repository("gone", 3);
        fleet.image("gone", 1, "pr-1-aaaaaaa");
        Digest released = fleet.image("gone", 2, "pr-2-bbbbbbb");
        fleet.tag("gone", released, "v1");
        fleet.image("gone", 3, "pr-3-ccccccc");
        closed("gone", 1);
        closed("gone", 2);

        Shell shell = fleet("prune", "--repo", "team/gone");

        assertThat(shell.exit()).as(shell.err()).isZero();
        assertThat(line(shell, "pr-1-aaaaaaa")).startsWith("deleted");
        assertThat(shell.err()).contains("1 deleted").contains("0 left for now");
        assertThat(fleet.tags("gone")).contains("v1", "pr-3-ccccccc").doesNotContain("pr-1-aaaaaaa");

        Shell again = fleet("prune", "--repo", "team/gone");
        assertThat(again.exit()).as(again.err()).isZero();
    }

    @Test
    void whatIsInTheTrashIsTakenBackByItsTagAndStaysThen() throws Exception {
        assumeTrue(
                RegistryProgram.DISTRIBUTION_3.isAvailable(), "no distribution 3 on PATH: nothing else deletes tags");
        try (PruneFleet careful =
                new PruneFleet(folder.resolve("careful"), RegistryProgram.DISTRIBUTION_3, ", undoWindow: 1d")) {
            careful.repository("back", 1);
            Digest image = careful.image("back", 1, "pr-1-aaaaaaa");
            careful.close("back", 1);
            Map<String, String> there = careful.environment();
            assertThat(Shell.fleet(there, "prune", "--dry-run").exit()).isZero();

            Shell gone = Shell.fleet(there, "prune");
            assertThat(gone.exit()).as(gone.err()).isZero();
            assertThat(careful.tags("back")).singleElement().asString().startsWith("trash-");
            String trash = careful.tags("back").getFirst();

            Shell unknown = Shell.fleet(there, "prune", "--undo", "trash-20260101-0000000");
            assertThat(unknown.exit()).isEqualTo(1);
            assertThat(unknown.err()).contains("nothing is in the trash as trash-20260101-0000000");
            Shell more = Shell.fleet(there, "prune", "--undo", trash, "--yes");
            assertThat(more.exit()).isEqualTo(2);
            assertThat(more.err()).contains("stand alone");

            Shell back = Shell.fleet(there, "prune", "--undo", trash);
            assertThat(back.exit()).as(back.err()).isZero();
            assertThat(back.out()).contains(careful.registryAddress() + "/team/back:pr-1-aaaaaaa");
            assertThat(careful.tags("back")).containsExactly("pr-1-aaaaaaa");
            assertThat(Shell.fleet(there, "prune").exit()).isZero();
            assertThat(careful.tags("back")).as("a person wanted it").containsExactly("pr-1-aaaaaaa");
            Shell why = Shell.fleet(there, "why", careful.registryAddress() + "/team/back@" + image.value());
            assertThat(why.exit()).as(why.err()).isZero();
        }
    }

    @Test
    void whereNothingIsDueNobodyIsAskedAgainUntilTheLedgerTellsOfSomething() throws Exception {
        fleet.repository("rest", 2);
        fleet.image("rest", 1, "pr-1-aaaaaaa");
        assertThat(fleet("prune", "--repo", "team/rest").err()).contains("nothing is due");
        fleet.close("rest", 1);

        for (int again = 0; again < 2; again++) {
            assertThat(fleet("prune", "--repo", "team/rest").exit()).isZero();
            assertThat(fleet.tags("rest")).as("no event told of the end").containsExactly("pr-1-aaaaaaa");
        }
        fleet.image("rest", 2, "pr-2-bbbbbbb");
        for (int again = 0; again < 2; again++) {
            assertThat(fleet("prune", "--repo", "team/rest").exit()).isZero();
        }
        assertThat(fleet.tags("rest")).containsExactly("pr-2-bbbbbbb");
    }

    @Test
    void aPatternOfWhatToKeepWinsOverTheRules() throws Exception {
        fleet.repository("kept", 1);
        fleet.image("kept", 1, "pr-1-aaaaaaa");
        closed("kept", 1);

        Shell shell = fleet("prune", "--repo", "team/kept", "--keep", "kept:pr-1-");

        assertThat(line(shell, "pr-1-aaaaaaa")).startsWith("kept").contains("kept:pr-1-");
        assertThat(fleet.tags("kept")).containsExactly("pr-1-aaaaaaa");
        Shell wrong = fleet("prune", "--dry-run", "--keep", "(?=a)");
        assertThat(wrong.exit()).isEqualTo(1);
        assertThat(wrong.err()).contains("no regular expression").contains("RE2");
    }

    @Test
    void whySaysByWhichChainAnImageStays() throws Exception {
        fleet.repository("why", 1);
        Digest image = fleet.image("why", 1, "pr-1-aaaaaaa");
        fleet.tag("why", image, "by-hand");
        closed("why", 1);
        String name = fleet.registryAddress() + "/team/why";

        Shell byTag = fleet("why", name + ":pr-1-aaaaaaa");
        assertThat(byTag.exit()).as(byTag.err()).isZero();
        assertThat(byTag.out())
                .contains(image.value())
                .contains("← tag by-hand is not the fleet's: the ledger does not have it for this digest");
        assertThat(byTag.err()).contains("pushed by run ");
        assertThat(fleet("why", name + "@" + image.value().substring(0, 15)).out())
                .contains(image.value())
                .contains("← tag by-hand");

        Shell noTag = fleet("why", name + ":pr-9-fffffff");
        assertThat(noTag.exit()).isEqualTo(1);
        assertThat(noTag.err())
                .contains("the registry has no " + name + ":pr-9-fffffff")
                .contains("why " + name + " ");
        Shell elsewhere = fleet("why", "registry.example/team/why:v1");
        assertThat(elsewhere.exit()).isEqualTo(1);
        assertThat(elsewhere.err()).contains("the fleet did not make it").contains("it has " + name);
        Shell none = fleet("why", "why");
        assertThat(none.exit()).isEqualTo(1);
        assertThat(none.err()).contains("'why' is no image in a registry");
    }

    @Test
    void aRepositoryNameIsNoPattern() throws Exception {
        fleet.repository("a.b", 1);
        fleet.repository("axb", 1);
        for (String name : new String[] {"a.b", "axb"}) {
            fleet.image(name, 1, "pr-1-aaaaaaa");
            closed(name, 1);
        }

        Shell pattern = fleet("prune", "--repo", "team/(a.b|.*)");
        assertThat(pattern.exit()).isEqualTo(1);
        assertThat(pattern.err())
                .contains("nothing of a repository team/(a.b|.*)")
                .contains("literally");
        Shell shell = fleet("prune", "--repo", "team/a.b");
        assertThat(shell.exit()).as(shell.err()).isZero();
        assertThat(fleet.tags("a.b")).isEmpty();
        assertThat(fleet.tags("axb")).containsExactly("pr-1-aaaaaaa");
    }

    @Test
    void aGatewayWithoutACleanupWorkerSaysSo() {
        Shell shell = Shell.fleet(fleet.withoutWorker(), "prune", "--dry-run");
        assertThat(shell.exit()).isEqualTo(1);
        assertThat(shell.err()).contains("knows of no cleanup worker").contains("retention.worker");
        assertThat(shell.out()).isEmpty();
    }
}
