package io.forgefleet.clients.scan.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.forgefleet.clients.registry.RegistryProcess;
import io.forgefleet.clients.scan.ImageToScan;
import io.forgefleet.clients.scan.Sbom;
import io.forgefleet.clients.scan.ScanException;
import io.forgefleet.clients.scan.ScanException.Problem;
import io.forgefleet.clients.tool.ToolPaths;
import io.forgefleet.events.image.Digest;
import io.forgefleet.events.wire.Json;
import io.forgefleet.host.registry.SmallImages;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real Syft on images in a real registry. */
class SyftTest {

    private static final String REPOSITORY = "team/app";

    @TempDir
    private static Path registryFolder;

    @TempDir
    private Path folder;

    private static RegistryProcess registry;

    private SmallImages images;
    private Syft syft;

    @BeforeEach
    void start() throws Exception {
        syft = new Syft(ScanPrograms.syft(), System.getenv(), Duration.ofMinutes(1));
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
        ImageToScan image = image(images.push(folder, "linux/amd64", SmallImages.python("jinja2", "2.4.1")), "");
        Sbom one = syft.describe(image, Files.createDirectory(folder.resolve("one")));
        Sbom two = syft.describe(image, Files.createDirectory(folder.resolve("two")));

        assertThat(one.components()).extracting(Sbom.Component::purl).containsExactly("pkg:pypi/jinja2@2.4.1");
        assertThat(withoutSerial(one.cycloneDx())).isEqualTo(withoutSerial(two.cycloneDx()));
        assertThat(withoutSerial(one.spdx())).isEqualTo(withoutSerial(two.spdx()));
        assertThat(Json.mapper()
                        .readTree(one.spdx().toFile())
                        .path("spdxVersion")
                        .asText())
                .startsWith("SPDX-2");
    }

    @Test
    void describesThePlatformOfAnIndexThatItIsAskedFor() throws Exception {
        Map<String, String> platforms = new LinkedHashMap<>();
        platforms.put("linux/amd64", images.push(folder, "linux/amd64", SmallImages.python("jinja2", "3.1.4")));
        platforms.put("linux/arm64", images.push(folder, "linux/arm64", SmallImages.python("jinja2", "2.4.1")));
        String index = images.index(platforms);

        Sbom arm = syft.describe(image(index, "linux/arm64"), folder);
        Sbom amd = syft.describe(image(index, "linux/amd64"), folder);

        assertThat(arm.components()).extracting(Sbom.Component::version).containsExactly("2.4.1");
        assertThat(amd.components()).extracting(Sbom.Component::version).containsExactly("3.1.4");
    }

    @Test
    void anImageThatIsNotThereHasNoEmptySbom() throws Exception {
        ImageToScan image = new ImageToScan("127.0.0.1:1/team/app", Boms.IMAGE.digest(), "", true);
        String hex = image.digest().value().substring("sha256:".length());
        Path earlier = Files.writeString(folder.resolve(hex + ".cdx.json"), "{\"bomFormat\": \"CycloneDX\"}");

        assertThatThrownBy(() -> syft.describe(image, folder))
                .isInstanceOfSatisfying(
                        ScanException.class, e -> assertThat(e.problem()).isEqualTo(Problem.CRASHED))
                .hasMessageContaining("list what is in 127.0.0.1:1/team/app");
        assertThat(earlier).as("left by an earlier call").doesNotExist();
    }

    @Test
    void aSyftThatWritesNothingIsNoEmptyImage() throws Exception {
        ToolPaths silent = ScanPrograms.script(folder, "syft", "exit 0");
        Syft broken = new Syft(silent, System.getenv(), Duration.ofSeconds(20));
        assertThatThrownBy(() -> broken.describe(Boms.IMAGE, folder))
                .isInstanceOfSatisfying(
                        ScanException.class, e -> assertThat(e.problem()).isEqualTo(Problem.UNREADABLE));
    }

    private ImageToScan image(String digest, String platform) {
        return new ImageToScan(registry.host() + "/" + REPOSITORY, new Digest(digest), platform, true);
    }

    private static JsonNode withoutSerial(Path file) throws Exception {
        ObjectNode json = (ObjectNode) Json.mapper().readTree(file.toFile());
        json.remove("serialNumber");
        json.remove("documentNamespace");
        ((ObjectNode) json.path(json.has("metadata") ? "metadata" : "creationInfo")).remove("timestamp");
        ((ObjectNode) json.path(json.has("metadata") ? "metadata" : "creationInfo")).remove("created");
        return json;
    }
}
