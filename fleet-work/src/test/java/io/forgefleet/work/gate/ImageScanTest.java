package io.forgefleet.work.gate;

import static org.assertj.core.api.Assertions.assertThat;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.scan.ImageToScan;
import io.forgefleet.clients.scan.ScanException.Problem;
import io.forgefleet.clients.tool.install.InstallableTool;
import io.forgefleet.clients.tool.install.ToolInstaller;
import io.forgefleet.events.image.Digest;
import io.forgefleet.host.advisory.AdvisoryDatabase;
import io.forgefleet.host.process.Program;
import io.forgefleet.host.registry.LocalRegistry;
import io.forgefleet.host.registry.RegistryProgram;
import io.forgefleet.host.registry.SmallImages;
import io.forgefleet.runtime.config.FleetConfig;
import io.forgefleet.work.gate.waiver.WaiverFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An index in a real registry, real Syft, real osv-scanner, real advisories. */
class ImageScanTest {

    private static final Path TOOLS = Path.of("/var/tmp", "forgefleet-test-tools-" + System.getProperty("user.name"));

    @TempDir
    private static Path registryFolder;

    private static LocalRegistry registry;
    private static Digest amd;
    private static Digest arm;
    private static Digest index;

    @TempDir
    private Path folder;

    @BeforeEach
    void start() throws Exception {
        Assumptions.assumeTrue(
                RegistryProgram.findAny().isPresent(), "neither registry nor docker-registry is on the PATH");
        Assumptions.assumeTrue(Program.onPath("osv-scanner").isPresent(), "osv-scanner is not on the PATH");
        AdvisoryDatabase.write(folder.resolve("osv"), "PyPI");
        if (registry == null) {
            registry = LocalRegistry.start(registryFolder, 0);
            SmallImages images = new SmallImages(registry.address(), "team/app");
            amd = new Digest(images.push(registryFolder, "linux/amd64", SmallImages.python("jinja2", "3.1.4")));
            arm = new Digest(images.push(registryFolder, "linux/arm64", SmallImages.python("jinja2", "2.4.1")));
            index = new Digest(images.index(Map.of("linux/amd64", amd.value(), "linux/arm64", arm.value())));
        }
    }

    @AfterAll
    static void stop() {
        if (registry != null) {
            registry.close();
        }
    }

    @Test
    void highOnOnePlatformAloneBlocksAndAWaiverLetsItPass() throws Exception {
        ImageScan scan = scan(withSyft(), Duration.ofDays(1));
        List<ImageToScan> platforms = List.of(image("linux/amd64"), image("linux/arm64"));

        GateResult blocked = scan.scan(index, platforms, new Policy(Severity.HIGH, false), List.of(), folder);
        GateResult waived = scan.scan(
                index,
                List.of(image("linux/arm64")),
                new Policy(Severity.HIGH, false),
                WaiverFile.parse("waivers.yml", """
                        waivers: [{advisory: PYSEC-2019-217, package: jinja2, reason: none of it is a stranger's, expires: 2999-12-31}]
                        """),
                folder);

        assertThat(blocked.passed()).isFalse();
        assertThat(((Verdict) blocked).blocking()).singleElement().satisfies(finding -> {
            assertThat(finding.platforms()).containsExactly("linux/arm64");
            assertThat(finding.ids()).contains("CVE-2019-10906", "GHSA-462w-v97r-4m45", "PYSEC-2019-217");
        });
        assertThat(blocked.summary()).isEqualTo("1 high: CVE-2019-10906 in jinja2 2.4.1 (fixed in 2.10.1)");
        assertThat(waived.passed()).isTrue();
        try (var written = Files.list(folder)) {
            assertThat(written.map(file -> file.getFileName().toString()))
                    .contains(index.value().substring(7) + "-linux-arm64.spdx.json");
        }
    }

    @Test
    void anOldDatabaseIsNeitherCleanNorBlocked() throws Exception {
        Files.setLastModifiedTime(
                AdvisoryDatabase.file(folder.resolve("osv"), "PyPI"),
                FileTime.from(Instant.now().minus(Duration.ofHours(3))));

        GateResult result = scan(withSyft(), Duration.ofHours(2))
                .scan(amd, List.of(image("linux/amd64")), Policy.DEFAULT, List.of(), folder);

        assertThat(result.passed()).isFalse();
        assertThat(result).isInstanceOfSatisfying(CouldNotScan.class, not -> {
            assertThat(not.problem()).isEqualTo(Problem.DATABASE_OLD);
            assertThat(not.message()).contains("3 h old").contains("scannerDatabaseMaxAge");
            assertThat(not.summary()).startsWith("could not scan: ").hasSizeLessThanOrEqualTo(140);
        });
    }

    @Test
    void aMissingToolIsNeitherCleanNorBlocked() throws Exception {
        GateResult result = scan("syft: /nowhere/syft", Duration.ofDays(1))
                .scan(amd, List.of(image("linux/amd64")), Policy.DEFAULT, List.of(), folder);
        assertThat(result).isInstanceOfSatisfying(CouldNotScan.class, not -> assertThat(not.problem())
                .isEqualTo(Problem.TOOL_MISSING));
    }

    @Test
    void theSbomToolThatIsConfiguredIsTheOneThatRuns() throws Exception {
        FleetConfig other = FleetConfig.parse("tools: {sbom: cdxgen}\n", Map.of());
        assertThat(ConfiguredScan.sbomTool(other, Map.of()).name()).isEqualTo("cdxgen");
        assertThat(ConfiguredScan.sbomTool(FleetConfig.parse("", Map.of()), Map.of())
                        .name())
                .isEqualTo("syft");
    }

    private ImageScan scan(String paths, Duration maxAge) throws Exception {
        FleetConfig config = FleetConfig.parse(
                """
                dataDirectory: %s
                tools: {scanner: osv-scanner, scannerDatabase: %s, scannerDatabaseMaxAge: %dh, paths: {%s}}
                """.formatted(folder.resolve("data"), folder.resolve("osv"), maxAge.toHours(), paths), Map.of());
        return ConfiguredScan.of(config, System.getenv(), InstantSource.system());
    }

    private static String withSyft() throws InterruptedException {
        if (Program.onPath("syft").isPresent()) {
            return "";
        }
        ToolInstaller installer = new ToolInstaller(TOOLS, System.getenv(), System.err::println);
        try {
            installer.install(InstallableTool.SYFT);
        } catch (ClientException e) {
            Assumptions.abort("no Syft to test with: " + e.getMessage());
        }
        return "syft: " + installer.program(InstallableTool.SYFT);
    }

    private static ImageToScan image(String platform) {
        return new ImageToScan(registry.address() + "/team/app", index, platform, true);
    }
}
