package io.forgefleet.local.template;

import static io.forgefleet.local.template.TemplateFleet.commit;
import static io.forgefleet.local.template.TemplateFleet.head;
import static io.forgefleet.local.template.TemplateFleet.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.image.PushedImage;
import io.forgefleet.events.image.TrustClass;
import io.forgefleet.events.run.Outcome;
import io.forgefleet.events.wire.Json;
import io.forgefleet.host.registry.RegistryProgram;
import io.forgefleet.local.cli.Shell;
import io.forgefleet.work.template.StoredTemplate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The commands as people call them, in real clones, against a real API and registry. */
class TemplateCommandsTest {

    private static final String NOBODY = "http://127.0.0.1:1";
    private static final byte[] CONTENT = content(1);

    @TempDir
    static Path site;

    private static TemplateFleet fleet;

    @TempDir
    Path folder;

    @BeforeAll
    static void start() throws Exception {
        assumeTrue(RegistryProgram.findAny().isPresent(), "no registry program: apt-get install docker-registry");
        fleet = new TemplateFleet(site);
    }

    @AfterAll
    static void stop() {
        if (fleet != null) {
            fleet.close();
        }
    }

    @Test
    void pullsOnceAndThenAsksNobody() throws Exception {
        Path clone = fleet.clone("once");
        fleet.made(clone, head(clone), TrustClass.PROTECTED, CONTENT);
        Path usual = clone.resolve("build/.template-migrated.db");

        Shell first = template(clone, "pull", "main");
        assertThat(first.exit()).as(first.err()).isZero();
        assertThat(first.out()).isEqualTo(usual + "\n");
        assertThat(first.err()).contains("from 127.0.0.1:", "protected code", "2 tables, 7 rows", "12.3 s");
        assertThat(usual).hasBinaryContent(CONTENT).isWritable();

        Files.write(usual, new byte[] {1}); // a test suite writes to its own copy
        Shell again = offline(clone, "pull");
        assertThat(again.exit()).as(again.err()).isZero();
        assertThat(again.err()).contains("from this machine's cache");
        assertThat(usual).hasBinaryContent(CONTENT);
        assertThat(entries(usual.getParent())).containsExactly(".template-migrated.db");

        Path other = folder.resolve("deep/er/test.db");
        assertThat(offline(clone, "pull", "main", "--to", other.toString()).exit())
                .isZero();
        assertThat(other).hasBinaryContent(CONTENT);
        assertThat(Files.getAttribute(other, "unix:nlink")).as("no hard link").isEqualTo(1);
    }

    /** People commit before they push, and push several commits at once. */
    @Test
    void commitsThatNeedTheSameDatabaseShareIt() throws Exception {
        Path clone = fleet.clone("same");
        CommitId known = head(clone);
        fleet.made(clone, known, TrustClass.BRANCH, CONTENT);
        write(clone, "README", "other words\n");
        CommitId unpushed = commit(clone);

        Shell first = template(clone, "pull", "main");
        assertThat(first.exit()).as(first.err()).isZero();
        assertThat(first.err())
                .contains("has not seen " + unpushed.value().substring(0, 7))
                .contains(known.value().substring(0, 7))
                .contains("branch code");
        commit(clone);
        assertThat(offline(clone, "pull", "main").exit()).isZero();

        write(clone, "migrations/3.sql", "CREATE TABLE c (z);\n");
        Shell changed = offline(clone, "pull", "main");
        assertThat(changed.exit()).isZero();
        assertThat(changed.err()).contains("warning:").contains("migrations/3.sql");
        commit(clone);
        byte[] before = Files.readAllBytes(clone.resolve("build/.template-migrated.db"));
        Shell newer = template(clone, "pull", "main");
        assertThat(newer.exit()).isEqualTo(1);
        assertThat(newer.out()).isEmpty();
        assertThat(newer.err())
                .contains("the fleet has no main for")
                .contains("fleet template prepare main")
                .contains("--wait");
        assertThat(clone.resolve("build/.template-migrated.db")).hasBinaryContent(before);
    }

    @Test
    void waitsForTheFleetToMakeIt() throws Exception {
        Path clone = fleet.clone("awaited");
        fleet.told("awaited", head(clone), null, List.of());
        assertThat(template(clone, "pull", "main").err()).contains("still making main");

        CompletableFuture<Shell> pulled =
                CompletableFuture.supplyAsync(() -> template(clone, "pull", "main", "--wait", "1m"));
        await().until(() -> !pulled.isDone());
        fleet.made(clone, head(clone), TrustClass.BRANCH, CONTENT);
        assertThat(pulled.join().exit()).as(pulled.join().err()).isZero();
    }

    @Test
    void doesNotWaitForWhatHasFailed() throws Exception {
        Path clone = fleet.clone("failed");
        fleet.told(
                "failed",
                head(clone),
                Outcome.failed("main: the command failed with exit code 3", List.of("no such table: users")),
                List.of());
        Shell shell = template(clone, "pull", "main", "--wait", "10m");
        assertThat(shell.exit()).isEqualTo(1);
        assertThat(shell.err())
                .contains("exit code 3")
                .contains("| no such table: users")
                .contains("https://fleet.example/runs/")
                .contains("template prepare main");
    }

    @Test
    void takesNothingOfALowerClassThanAskedFor() throws Exception {
        Path clone = fleet.clone("trust");
        fleet.made(clone, head(clone), TrustClass.BRANCH, CONTENT);
        assertThat(template(clone, "pull", "main", "--trust", "protected").err())
                .contains("only by a build of class branch");
        assertThat(template(clone, "pull", "main").exit()).isZero();
        assertThat(offline(clone, "pull", "main", "--trust", "protected").exit())
                .as("what lies in the cache is no better")
                .isEqualTo(1);
    }

    @Test
    void refusesWhatIsOfOtherFiles() throws Exception {
        Path clone = fleet.clone("mine");
        Path other = fleet.clone("other");
        write(other, "migrations/1.sql", "DROP TABLE a;\n");
        CommitId commit = commit(other);
        StoredTemplate theirs = fleet.made(other, commit, TrustClass.BRANCH, content(2));
        fleet.told(
                "mine",
                head(clone),
                Outcome.of(Outcome.Reason.SUCCEEDED, "made"),
                List.of(new PushedImage(
                        "template-db/main",
                        fleet.registryAddress() + "/team/other/template-db/main",
                        theirs.key(),
                        theirs.manifest(),
                        false)));
        Shell shell = template(clone, "pull", "main");
        assertThat(shell.exit()).isEqualTo(1);
        assertThat(shell.err())
                .contains("is of other files than this clone has")
                .contains("--repo");
        assertThat(clone.resolve("build")).doesNotExist();
    }

    @Test
    void whatCannotBeWrittenLeavesWhatWasThere() throws Exception {
        Path clone = fleet.clone("full");
        fleet.made(clone, head(clone), TrustClass.BRANCH, CONTENT);
        Path target = clone.resolve("build/.template-migrated.db");
        write(clone, "build/.template-migrated.db", "before");
        Path file = Files.writeString(folder.resolve("file"), "");

        Shell cache = fleet(Map.of("FLEET_TEMPLATE_CACHE", file.toString()), clone, "pull", "main");
        assertThat(cache.exit()).isEqualTo(1);
        assertThat(cache.err())
                .contains("could not be written")
                .contains("still there")
                .doesNotContain("\tat ");
        assertThat(target).hasContent("before");
        assertThat(entries(target.getParent())).containsExactly(".template-migrated.db");

        Shell place =
                template(clone, "pull", "main", "--to", file.resolve("below.db").toString());
        assertThat(place.exit()).isEqualTo(1);
        assertThat(place.err()).contains("could not be written").contains("--to");
    }

    @Test
    void damageInTheRegistryAndItsAbsenceAreTold() throws Exception {
        Path clone = fleet.clone("damaged");
        StoredTemplate template = fleet.made(clone, head(clone), TrustClass.BRANCH, content(3));
        String hex = template.blob().value().substring("sha256:".length());
        Path blob;
        try (Stream<Path> files = Files.walk(site.resolve("registry"))) {
            blob = files.filter(path -> path.endsWith(hex + "/data"))
                    .findFirst()
                    .orElseThrow();
        }
        byte[] bytes = Files.readAllBytes(blob);
        bytes[bytes.length / 2] ^= 1;
        Files.write(blob, bytes);
        Shell damaged = template(clone, "pull", "main");
        assertThat(damaged.exit()).isEqualTo(1);
        assertThat(clone.resolve("build/.template-migrated.db")).doesNotExist();
        assertThat(damaged.err()).doesNotContain("\tat ");

        Shell away = offline(clone, "pull", "main");
        assertThat(away.exit()).isEqualTo(1);
        assertThat(away.err()).contains("no fleet answers at " + NOBODY);
    }

    @Test
    void explainsWhatAKeyIsMadeOfAndWhatDiffers() throws Exception {
        Path clone = fleet.clone("explained");
        StoredTemplate template = fleet.made(clone, head(clone), TrustClass.PROTECTED, CONTENT);
        Shell of = template(clone, "explain", "main");
        assertThat(of.out())
                .contains(template.key())
                .contains("protected")
                .contains("sha256:aaaaaaaa")
                .contains("file migrations/1.sql")
                .contains("migrate")
                .contains("app/ci:1");
        assertThat(offline(clone, "explain", "main").out()).contains("file migrations/2.sql");
        assertThat(offline(clone, "explain", "main").err()).contains("without what only the fleet knows");

        write(clone, "README", "new words\n");
        commit(clone);
        assertThat(offline(clone, "explain", "main", "HEAD~1", "HEAD").out()).contains("need the same database");
        write(clone, "migrations/2.sql", "CREATE TABLE b (y, z);\n");
        write(clone, "migrations/3.sql", "CREATE TABLE c (z);\n");
        commit(clone);
        Shell differs = offline(clone, "explain", "main", "HEAD~1", "HEAD", "--json");
        List<String> parts = new ArrayList<>();
        Json.mapper()
                .readTree(differs.out())
                .forEach((JsonNode each) -> parts.add(
                        each.path("part").asText() + (each.path("before").isNull() ? " new" : "")));
        assertThat(parts).containsExactly("file migrations/2.sql", "file migrations/3.sql new");
    }

    @Test
    void theInputsOfACiImageCountAsTheDatabasesOwn() throws Exception {
        Path clone = fleet.clone("inputs");
        write(clone, "ci/Dockerfile", "FROM scratch\n");
        write(clone, "uv.lock", "1\n");
        write(clone, ".forgefleet.yml", """
                ciImages:
                  - {name: ci, dockerfile: ci/Dockerfile, rebuildOn: [uv.lock, ci/Dockerfile]}
                templateDatabases:
                  - {name: main, engine: sqlite, key: ["migrations/*.sql"], image: ci, command: migrate}
                """);
        commit(clone);
        write(clone, "uv.lock", "2\n");
        commit(clone);
        assertThat(offline(clone, "explain", "main", "HEAD~1", "HEAD").out())
                .contains("of ci: file uv.lock")
                .doesNotContain("migrations");
    }

    @Test
    void cannotPrepareWhatTheFleetHasNotSeen() throws Exception {
        Path clone = fleet.clone("unseen");
        Shell shell = template(clone, "prepare", "main");
        assertThat(shell.exit()).isEqualTo(1);
        assertThat(shell.err()).contains("is known").contains("events are kept");
    }

    @ParameterizedTest
    @CsvSource({
        "pull main --commit nothing, is no commit of",
        "pull other, declares no template database other",
        "pull main --wait soon, is no time such as",
        "pull main --trust all, --trust",
        "pull main --repo x, is no repository",
        "explain other, declares no template database other",
        "explain main HEAD nothing, is no commit of",
        "clone other, declares no template database other",
        "clone main --drop postgresql://x/y, is no connection string of a clone",
        "prepare other, declares no template database other"
    })
    void saysWhatWasWrong(String line, String message) throws Exception {
        Path clone = fleet.clone("wrong" + Math.floorMod(line.hashCode(), 100_000));
        Shell shell = template(clone, line.split(" ", -1));
        assertThat(shell.exit()).isBetween(1, 2);
        assertThat(shell.err()).contains(message).doesNotContain("\tat ");
        assertThat(shell.out()).isEmpty();
    }

    @Test
    void saysWhereThereIsNothingToPull() throws Exception {
        assertThat(template(folder, "pull").err()).contains("is in no clone").contains("-C");
        Path clone = fleet.clone("undeclared");
        Files.delete(clone.resolve(".forgefleet.yml"));
        commit(clone);
        assertThat(template(clone, "pull").err()).contains("has no .forgefleet.yml");
    }

    private static byte[] content(int seed) {
        byte[] bytes = new byte[200_000];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static List<String> entries(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(each -> each.getFileName().toString()).toList();
        }
    }

    private Shell template(Path clone, String... arguments) {
        return fleet(Map.of(), clone, arguments);
    }

    private Shell offline(Path clone, String... arguments) {
        return fleet(Map.of("FLEET_SERVER", NOBODY), clone, arguments);
    }

    private Shell fleet(Map<String, String> more, Path clone, String... arguments) {
        Map<String, String> environment = new HashMap<>(Map.of(
                "PATH", System.getenv("PATH"),
                "HOME", folder.toString(),
                "FLEET_SERVER", fleet.address.toString(),
                "FLEET_TEMPLATE_CACHE", folder.resolve("cache").toString()));
        environment.putAll(more);
        List<String> line = new ArrayList<>(List.of("template"));
        line.addAll(List.of(arguments));
        line.addAll(List.of("-C", clone.toString()));
        return Shell.fleet(environment, line.toArray(String[]::new));
    }
}
