package io.forgefleet.clients.registry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.forgefleet.clients.engine.OciLayout;
import io.forgefleet.events.image.Digest;
import io.forgefleet.host.registry.LocalRegistry;
import io.forgefleet.host.registry.RegistryProgram;
import io.forgefleet.host.registry.SmallImages;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images of a real registry as tars; that engines load them is shown where they are built. */
class ImageArchiveTest {

    private static final String REPOSITORY = "team/app";
    private static final String NAME = "registry.example/team/app:one";

    @TempDir
    Path folder;

    private LocalRegistry registry;
    private Digest image;
    private OciLayout layout;

    @BeforeEach
    void start() throws Exception {
        assumeTrue(RegistryProgram.findAny().isPresent(), "neither registry nor docker-registry is on the PATH");
        registry = LocalRegistry.start(folder.resolve("registry"), 0);
        SmallImages images = new SmallImages(registry.address(), REPOSITORY);
        image = new Digest(images.index(Map.of(
                "linux/amd64", images.push(folder, "linux/amd64", Map.of("a", "one")),
                "linux/arm64", images.push(folder, "linux/arm64", Map.of("a", "one")))));
        layout = new OciLayout(folder.resolve("layout"), image);
        Files.createDirectories(layout.blob(image).resolveSibling(""));
        Registry client =
                new Registry(registry.address(), true, DockerCredentials.ofThisProcess(), Duration.ofSeconds(10));
        ImageTransfer.download(client, REPOSITORY, image, layout::blob);
    }

    @AfterEach
    void stop() {
        if (registry != null) {
            registry.close();
        }
    }

    @Test
    void anIndexIsThereWithAllThatItNamesOnce() throws Exception {
        byte[] tar = archive();
        assertThat(archive()).as("the same again").isEqualTo(tar);
        List<String> names = new ArrayList<>();
        try (TarArchiveInputStream entries = new TarArchiveInputStream(new ByteArrayInputStream(tar))) {
            for (TarArchiveEntry entry = entries.getNextEntry(); entry != null; entry = entries.getNextEntry()) {
                names.add(entry.getName());
                byte[] content = entries.readAllBytes();
                assertThat(content).hasSize(Math.toIntExact(entry.getSize()));
                if (entry.getName().startsWith("blobs/sha256/")) {
                    assertThat(Digest.of(content).value())
                            .endsWith(entry.getName().substring(13));
                }
            }
        }
        assertThat(names).doesNotHaveDuplicates().startsWith("oci-layout", "index.json");
        assertThat(names)
                .as("index, and of two images manifest and configuration, and one layer")
                .hasSize(2 + 1 + 4 + 1);
        assertThat(new String(tar, UTF_8)).contains(image.value(), NAME);
    }

    @Test
    void aFolderThatHoldsSomethingElseIsRefused() throws Exception {
        Path secret = Files.writeString(folder.resolve("secret"), "of this machine");
        Path part;
        try (Stream<Path> parts = Files.list(layout.blob(image).resolveSibling(""))) {
            part = parts.filter(each -> !each.equals(layout.blob(image)))
                    .findFirst()
                    .orElseThrow();
        }
        byte[] changed = Files.readAllBytes(part);
        changed[changed.length / 2] ^= 1;
        Files.write(part, changed);
        assertThatThrownBy(this::archive).isInstanceOf(IOException.class);
        Files.delete(part);
        assertThatThrownBy(this::archive).isInstanceOf(IOException.class);
        Files.createSymbolicLink(part, secret);
        assertThatThrownBy(this::archive)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is no file of the image");
    }

    @Test
    void aManifestThatNamesAPathIsRefused() throws Exception {
        byte[] manifest = "{\"mediaType\":\"%s\",\"config\":{\"digest\":\"sha256:../../../etc/passwd\"},\"layers\":[]}"
                .formatted(Manifest.OCI_MANIFEST)
                .getBytes(UTF_8);
        Digest hostile = Digest.of(manifest);
        Files.write(layout.blob(hostile), manifest);
        assertThatThrownBy(() -> ImageArchive.write(hostile, layout::blob, NAME, new ByteArrayOutputStream()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("out of order");
    }

    private byte[] archive() throws Exception {
        ByteArrayOutputStream tar = new ByteArrayOutputStream();
        ImageArchive.write(image, layout::blob, NAME, tar);
        return tar.toByteArray();
    }
}
