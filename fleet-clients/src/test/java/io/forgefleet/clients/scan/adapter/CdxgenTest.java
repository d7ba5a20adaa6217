package io.forgefleet.clients.scan.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.forgefleet.clients.registry.RegistryProcess;
import io.forgefleet.clients.scan.FileToScan;
import io.forgefleet.clients.scan.ImageToScan;
import io.forgefleet.clients.scan.ReportedFinding;
import io.forgefleet.clients.scan.Sbom;
import io.forgefleet.clients.scan.ScannerDatabase;
import io.forgefleet.events.image.Digest;
import io.forgefleet.events.wire.Json;
import io.forgefleet.host.advisory.AdvisoryDatabase;
import io.forgefleet.host.registry.SmallImages;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real cdxgen on images in a real registry, and on a wheel. */
class CdxgenTest {

    private static final String REPOSITORY = "team/app";

    @TempDir
    private static Path registryFolder;

    @TempDir
    private Path folder;

    private static RegistryProcess registry;

    private SmallImages images;
    private Cdxgen cdxgen;

    @BeforeEach
    void start() throws Exception {
        cdxgen = new Cdxgen(ScanPrograms.cdxgen(), System.getenv(), Duration.ofMinutes(2));
        if (registry == null) {
            registry = RegistryProcess.any(registryFolder);
        }
        images = new SmallImages(registry.host(), REPOSITORY);
    }

    @AfterAll
    static void stop() {
        if (registry != null) {
            registry.close();
        }
    }

    @Test
    void theSameImageGivesTheSameSbomAgain() throws Exception {
        Map<String, String> files = new LinkedHashMap<>(SmallImages.python("jinja2", "2.4.1"));
        files.put(
                "usr/local/lib/python3.12/site-packages/pyyaml-5.3.dist-info/METADATA",
                "Metadata-Version: 2.1\nName: pyyaml\nVersion: 5.3\n");
        files.put("etc/os-release", "ID=debian\nVERSION_ID=\"12\"\nVERSION_CODENAME=bookworm\n");
        files.put("usr/bin/tool", "#!/bin/sh\n");
        files.put("etc/debian_version", "12.5\n");
        files.put("var/lib/dpkg/status", """
                Package: bash
                Status: install ok installed
                Maintainer: Somebody <somebody@debian.example>
                Architecture: amd64
                Version: 5.2.15-2+b2
                Description: a shell
                """);
        ImageToScan image = image(images.push(folder, "linux/amd64", files), "");
        Sbom one = cdxgen.describe(image, Files.createDirectory(folder.resolve("one")));
        Sbom two = cdxgen.describe(image, Files.createDirectory(folder.resolve("two")));

        assertThat(one.components())
                .extracting(each -> each.asPackage("").key())
                .as("of Debian's dist-packages and of the system too, and no single files")
                .containsExactlyInAnyOrder(
                        "pkg:pypi/jinja2@2.4.1", "pkg:pypi/pyyaml@5.3", "pkg:deb/debian/bash@5.2.15-2%2bb2");
        assertThat(lasting(one.cycloneDx()))
                .isEqualTo(lasting(two.cycloneDx()))
                .contains("\"rootfs/usr/lib/python3/dist-packages/jinja2-2.4.1.dist-info/METADATA\"")
                .doesNotContain("forgefleet-scan");
        assertThat(lasting(one.spdx())).isEqualTo(lasting(two.spdx())).doesNotContain("forgefleet-scan");
        JsonNode graph = Json.mapper().readTree(one.spdx().toFile()).path("@graph");
        assertThat(graph.findValuesAsText("specVersion")).containsOnly("3.0.1");
        assertThat(graph.findValuesAsText("software_packageVersion")).contains("2.4.1", "5.3");
    }

    @Test
    void describesThePlatformOfAnIndexThatItIsAskedFor() throws Exception {
        Map<String, String> platforms = new LinkedHashMap<>();
        platforms.put("linux/amd64", images.push(folder, "linux/amd64", SmallImages.python("jinja2", "3.1.4")));
        platforms.put("linux/arm64", images.push(folder, "linux/arm64", SmallImages.python("jinja2", "2.4.1")));
        Sbom arm = cdxgen.describe(image(images.index(platforms), "linux/arm64"), folder);

        assertThat(arm.components()).extracting(Sbom.Component::version).containsExactly("2.4.1");
        Path database = AdvisoryDatabase.write(folder.resolve("osv"), "PyPI");
        OsvScanner scanner = new OsvScanner(
                ScanPrograms.osvScanner(),
                new ScannerDatabase(database, Duration.ofDays(1), InstantSource.system()),
                System.getenv(),
                Duration.ofMinutes(1));
        assertThat(scanner.scan(arm).findings())
                .as("what cdxgen wrote is what the scanner reads")
                .extracting(ReportedFinding::advisory)
                .contains("GHSA-462w-v97r-4m45");
    }

    @Test
    void describesAWheelAndNotWhatItAsksFor() throws Exception {
        Path wheel = folder.resolve("app-1.2.0-py3-none-any.whl");
        try (OutputStream out = Files.newOutputStream(wheel);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            entry(
                    zip,
                    "app-1.2.0.dist-info/METADATA",
                    "Metadata-Version: 2.1\nName: app\nVersion: 1.2.0\nRequires-Dist: jinja2==2.4.1\n");
            entry(zip, "app/__init__.py", "import jinja2\n");
        }
        FileToScan file = new FileToScan(wheel, Digest.of(Files.readAllBytes(wheel)));

        assertThat(cdxgen.describe(file, Files.createDirectory(folder.resolve("sboms")))
                        .components())
                .extracting(Sbom.Component::purl)
                .containsExactly("pkg:pypi/app@1.2.0");
    }

    private static void entry(ZipOutputStream zip, String name, String content) throws IOException {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(content.getBytes(StandardCharsets.UTF_8));
        zip.closeEntry();
    }

    private ImageToScan image(String digest, String platform) {
        return new ImageToScan(registry.host() + "/" + REPOSITORY, new Digest(digest), platform, true);
    }

    /** Without serial number and time. */
    private static String lasting(Path file) throws IOException {
        return Files.readString(file)
                .replaceAll("urn:(uuid:|cdxgen:spdx:)[0-9a-f-]{36}", "")
                .replaceAll("\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z", "")
                .replaceAll("was created on \\w+, \\w+ \\d+, \\d+", "");
    }
}
