package io.forgefleet.local.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.forgefleet.host.engine.LocalEngine;
import io.forgefleet.host.forge.LocalForge;
import io.forgefleet.host.process.Program;
import io.forgefleet.host.registry.LocalRegistry;
import io.forgefleet.host.registry.RegistryProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoctorTest {

    @TempDir
    private Path folder;

    @Test
    void failsOnEverythingThatDoesNotAnswer() throws IOException {
        Path config = write("""
                kafka: {bootstrap: "127.0.0.1:1"}
                forges: [{name: away, kind: gitea, url: "http://127.0.0.1:1", token: "${env:TOKEN}", repositories: ["**"]}]
                registries: [{name: main, address: "127.0.0.1:1/team", plainHttp: true}]
                builders: [{name: gone, endpoint: "tcp://127.0.0.1:1", trust: [branch]}]
                """);

        Shell shell = doctor(config, Map.of("TOKEN", "t0p-secret"));

        assertThat(shell.exit()).isEqualTo(1);
        for (String what : new String[] {"builder gone", "registry main", "forge away", "Kafka"}) {
            assertThat(shell.out().lines()).anyMatch(line -> line.startsWith("FAIL  " + what));
        }
        assertThat(shell.out()).doesNotContain("t0p-secret");
    }

    @Test
    void saysWhatSharingOneEngineMeans() throws IOException {
        Shell shell =
                doctor(write("builders: [{name: one, endpoint: \"tcp://127.0.0.1:1\", trust: [branch]}]"), Map.of());

        assertThat(shell.out())
                .contains("--no-cache")
                .contains("pull requests are refused")
                .contains("second dockerd");
    }

    @Test
    void saysWhatTheFleetDoesByItselfWhereNobodySaidWhoBuilds() throws IOException {
        Shell here = doctor(write(""), Map.of("DOCKER_HOST", "unix:///nowhere"));
        Shell elsewhere = doctor(write(""), Map.of("DOCKER_HOST", "tcp://127.0.0.1:1"));

        if (LocalEngine.obstacle().isEmpty()) {
            assertThat(here.out())
                    .contains("ok    trust classes: ./fleet up starts an engine of its own for protected branches")
                    .doesNotContain("--no-cache");
        }
        assertThat(elsewhere.out()).contains("--no-cache").contains("on another machine");
    }

    @Test
    void isContentWithABuilderForEachTrustClass() throws IOException {
        Shell shell = doctor(write("""
                        builders:
                          - {name: one, endpoint: "tcp://127.0.0.1:1", trust: [branch]}
                          - {name: two, endpoint: "tcp://127.0.0.1:2", trust: [fork]}
                          - {name: three, endpoint: "tcp://127.0.0.1:3", trust: [protected]}
                        """), Map.of());

        assertThat(shell.out()).doesNotContain("trust classes");
    }

    @Test
    void tellsATokenThatIsKnownFromOneThatIsNot() throws IOException {
        try (LocalForge forge = LocalForge.start(folder.resolve("forge"), 0)) {
            Path config = write("""
                    forges: [{name: here, kind: forgejo, url: "%s", token: "${env:TOKEN}", repositories: ["**"]}]
                    """.formatted(forge.url()));

            Shell known = doctor(config, Map.of("TOKEN", forge.account("fleet").token()));
            Shell unknown = doctor(config, Map.of("TOKEN", "nobodys"));

            assertThat(known.out()).contains("ok    forge here");
            assertThat(unknown.out()).contains("FAIL  forge here").contains("does not know the token");
            assertThat(known.out())
                    .as("webhooks cannot be checked without a secret")
                    .contains("webhook secret");
        }
    }

    @Test
    void saysHowToGetWhatScansAndReleasesNeed() throws IOException {
        Path config = write(
                "tools: {scannerDatabase: /nowhere, paths: {syft: /nowhere/syft, osv-scanner: /nowhere/osv, cosign: /nowhere/cosign}}");

        Shell shell = doctor(config, Map.of());

        assertThat(shell.out())
                .contains("warn  SBOM tool: there is no syft at /nowhere/syft")
                .contains("./fleet tools install syft")
                .contains("warn  scanner: there is no osv-scanner at /nowhere/osv")
                .contains("./fleet tools install osv-scanner")
                .contains("warn  signing: there is no cosign at /nowhere/cosign")
                .contains("warn  scanner database: could not scan: the database of osv-scanner is missing");
    }

    @Test
    void looksForTheSbomToolThatIsConfigured() throws IOException {
        Shell shell = doctor(write("tools: {sbom: cdxgen, paths: {cdxgen: /nowhere/cdxgen}}"), Map.of());

        assertThat(shell.out())
                .contains("warn  SBOM tool: there is no cdxgen at /nowhere/cdxgen")
                .contains("npm install -g @cyclonedx/cdxgen")
                .doesNotContain("syft");
    }

    @Test
    void saysOfEachRegistryWhatCanBeDeletedFromIt() throws Exception {
        Map<RegistryProgram, String> words = Map.of(
                RegistryProgram.DISTRIBUTION_2, "manifests can be deleted, tags alone cannot",
                RegistryProgram.DISTRIBUTION_3, "manifests and tags can be deleted");
        int seen = 0;
        for (RegistryProgram program : RegistryProgram.values()) {
            if (program.isAvailable()) {
                try (LocalRegistry registry = LocalRegistry.start(program, folder.resolve(program.name()), 0)) {
                    Shell shell = doctor(
                            write("registries: [{name: main, address: \"%s/team\", plainHttp: true}]"
                                    .formatted(registry.address())),
                            Map.of());
                    assertThat(shell.out()).contains("ok    cleanup of main: " + words.get(program));
                    seen++;
                }
            }
        }
        assertThat(seen).as("registry programs on this machine").isPositive();
    }

    @Test
    void saysWhetherAKeyOpensWithItsPassphrase() throws Exception {
        assumeTrue(Program.onPath("cosign").isPresent(), "no cosign on PATH");
        ProcessBuilder generate = new ProcessBuilder("cosign", "generate-key-pair")
                .directory(folder.toFile())
                .inheritIO();
        generate.environment().put("COSIGN_PASSWORD", "a passphrase");
        assertThat(generate.start().waitFor()).isZero();
        Path config = write("""
                signing: {keys: [{name: release, key: "${file:%s}", passphrase: "${env:PASSPHRASE}"}]}
                forges: [{name: away, kind: gitea, url: "http://127.0.0.1:1", token: "${env:PASSPHRASE}", repositories: ["**"]}]
                registries: [{name: main, address: "127.0.0.1:1/team", plainHttp: true}]
                repositories: [{match: "away:**", images: main, release: {keys: [release]}}]
                """.formatted(folder.resolve("cosign.key")));

        Shell right = doctor(config, Map.of("PASSPHRASE", "a passphrase"));
        Shell wrong = doctor(config, Map.of("PASSPHRASE", "another one"));

        assertThat(right.out()).contains("ok    signing key release: opens");
        assertThat(wrong.out())
                .contains("warn  signing key release: could not use the signing key")
                .doesNotContain("another one");
    }

    private Path write(String yaml) throws IOException {
        return Files.writeString(folder.resolve("fleet.yml"), "dataDirectory: " + folder.resolve("data") + "\n" + yaml);
    }

    private static Shell doctor(Path config, Map<String, String> more) {
        Map<String, String> environment = new HashMap<>(System.getenv());
        environment.putAll(more);
        return Shell.fleet(environment, "doctor", "--config", config.toString());
    }
}
