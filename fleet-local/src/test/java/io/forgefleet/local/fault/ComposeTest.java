package io.forgefleet.local.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.registry.DockerCredentials;
import io.forgefleet.clients.registry.Registry;
import io.forgefleet.clients.tool.install.InstallableTool;
import io.forgefleet.clients.tool.install.ToolInstaller;
import io.forgefleet.events.wire.Json;
import io.forgefleet.host.advisory.AdvisoryDatabase;
import io.forgefleet.host.forge.repository.CommitStatus;
import io.forgefleet.host.process.Command;
import io.forgefleet.host.process.Program;
import io.forgefleet.host.registry.ProgramRoot;
import io.forgefleet.host.registry.SmallImages;
import io.forgefleet.local.cli.Shell;
import io.forgefleet.local.server.FleetServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The compose file, with its images made here. Making them takes minutes, so these are long tests. */
@Tag("soak")
class ComposeTest {

    private static final int PUSHES = 6;
    private static final Duration RELEASE = Duration.ofMinutes(5);
    private static final Duration CLEANUP = Duration.ofMinutes(2);
    private static final String PASSPHRASE = "a passphrase of the test";
    private static final String KEY = "/run/secrets/forgefleet/cosign.key";
    private static final String SETTINGS = """
            signing: {keys: [{name: release, key: "${file:%s}", passphrase: "${file:/run/secrets/forgefleet/passphrase}"}]}
            tools: {scannerDatabase: /opt/forgefleet-tools/osv}
            retention: {least: 1s, grace: 1s, sweep: 5s}
            """.formatted(KEY);

    @TempDir
    private Path folder;

    @Test
    void twoWorkersShareTheWork() throws Exception {
        try (ComposeFleet fleet = new ComposeFleet(folder)) {
            fleet.up(2, "", "");
            WorkingCopy copy = fleet.cloned();
            List<String> commits = new ArrayList<>();
            for (int i = 0; i < PUSHES; i++) {
                commits.add(copy.dockerfile(WorkingCopy.sleeping(4)).push("feature-" + i));
            }
            await().atMost(Duration.ofMinutes(4)).until(() -> commits.stream()
                    .allMatch(commit -> fleet.forge().statuses(ComposeFleet.REPOSITORY, commit).stream()
                            .anyMatch(status -> status.state() == CommitStatus.State.SUCCESS)));
            Set<String> workers = new HashSet<>();
            Shell runs = fleet.command("runs", "--json");
            FleetServer.rows(Json.mapper().readTree(runs.out()))
                    .forEach(run -> workers.add(run.path("worker").asText()));
            assertThat(workers).hasSize(2);
        }
    }

    @Test
    void aReleaseOfContainersIsVerifiedAndOutlivesTheBranchThatGoes() throws Exception {
        Path tools = tools();
        Path secrets = key();
        try (ComposeFleet fleet = new ComposeFleet(folder).releasing(secrets, tools)) {
            fleet.up(1, ", release: {keys: [release]}", SETTINGS);
            onlyTheReleaseWorkerHasTheKey(fleet);
            String shell = new SmallImages(fleet.registry(), "base/shell")
                    .push(
                            folder,
                            "linux/amd64",
                            ProgramRoot.make(Files.createDirectory(folder.resolve("root")), List.of())
                                    .orElseThrow());
            WorkingCopy copy = fleet.cloned();
            copy.file(".forgefleet.yml", """
                    retention: {branches: 1s}
                    release:
                      tags: ["v*"]
                      artifacts:
                        - {image: "%s/base/shell@%s", command: "mkdir dist && cp Dockerfile dist/app-$RELEASE_VERSION.txt", paths: ["dist/*.txt"]}
                    """.formatted(fleet.registry(), shell));
            copy.dockerfile().push("main");
            copy.tag("v1.0.0");
            copy.dockerfile().push("feature");
            Registry registry =
                    new Registry(fleet.registry(), true, DockerCredentials.ofThisProcess(), Duration.ofSeconds(10));
            await().atMost(RELEASE).until(() -> published(fleet) && feature(registry));

            copy.delete("feature");
            await().atMost(CLEANUP).until(() -> !feature(registry));

            String image = fleet.registry() + "/" + ComposeFleet.REPOSITORY + ":1.0.0";
            Shell verified = fleet.command(
                    "verify",
                    "--plain-http",
                    "--key",
                    secrets.resolve("cosign.pub").toString(),
                    image);
            assertThat(verified.exit()).as(verified.out() + verified.err()).isZero();
            Shell plan = fleet.command("prune", "--dry-run");
            assertThat(plan.exit()).as(plan.err()).isZero();
            assertThat(plan.out()).contains("1.0.0");
        }
    }

    private static void onlyTheReleaseWorkerHasTheKey(ComposeFleet fleet) throws IOException {
        assertThat(fleet.succeeds("release-worker", "test -r " + KEY)).isTrue();
        for (String other : List.of("gateway", "build-worker", "cleanup-worker")) {
            assertThat(fleet.succeeds(other, "test ! -e " + KEY)).as(other).isTrue();
        }
    }

    private static boolean published(ComposeFleet fleet) {
        return !fleet.forge()
                .repository(ComposeFleet.REPOSITORY)
                .releases()
                .list(release -> release.tag().equals("v1.0.0") && !release.isDraft())
                .isEmpty();
    }

    private static boolean feature(Registry registry) throws ClientException, InterruptedException {
        return registry.tags(ComposeFleet.REPOSITORY, 100).stream().anyMatch(tag -> tag.startsWith("feature-"));
    }

    /** As {@code fleet tools install --folder} leaves them; those that take minutes to compile are taken from {@code PATH}. */
    private Path tools() throws Exception {
        Path tools = Files.createDirectory(folder.resolve("tools"));
        Path bin = Files.createDirectory(tools.resolve("bin"));
        for (String compiled : List.of("osv-scanner", "cosign")) {
            Optional<Path> program = Program.onPath(compiled);
            assumeTrue(
                    program.isPresent(),
                    "skipped: " + compiled + " is missing (./fleet tools install " + compiled + ")");
            Files.copy(program.orElseThrow().toRealPath(), bin.resolve(compiled));
        }
        try {
            new ToolInstaller(tools, System.getenv(), progress -> {}).install(InstallableTool.SYFT);
        } catch (ClientException e) {
            abort("skipped: " + e.getMessage());
        }
        AdvisoryDatabase.write(tools.resolve("osv"), "PyPI");
        return tools;
    }

    /** A key pair that the container's user can read. */
    private Path key() throws IOException {
        Path secrets = Files.createDirectory(folder.resolve("secrets"));
        Command.Output made = new Command(
                        List.of("cosign", "generate-key-pair"),
                        secrets,
                        Map.of("COSIGN_PASSWORD", PASSPHRASE),
                        Duration.ofSeconds(30),
                        4096)
                .run();
        assertThat(made.exitCode()).as(made.error()).isZero();
        Files.setPosixFilePermissions(secrets.resolve("cosign.key"), PosixFilePermissions.fromString("r--r--r--"));
        Files.writeString(secrets.resolve("passphrase"), PASSPHRASE);
        return secrets;
    }
}
