package io.forgefleet.clients.scan.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forgefleet.clients.registry.DockerCredentials;
import io.forgefleet.clients.registry.ImageTransfer;
import io.forgefleet.clients.registry.Registry;
import io.forgefleet.clients.registry.RegistryProcess;
import io.forgefleet.clients.scan.ImageToScan;
import io.forgefleet.events.image.Digest;
import io.forgefleet.events.wire.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images that somebody else made, in a real registry: what is unpacked is what a container of them would see, and inside the folder. */
class ImageRootTest {

    private static final String REPOSITORY = "team/app";

    @TempDir
    private Path folder;

    private RegistryProcess process;
    private Registry registry;
    private Path root;

    @BeforeEach
    void start() throws Exception {
        process = RegistryProcess.any(folder);
        registry = new Registry(
                process.host(),
                true,
                new DockerCredentials(folder.resolve("none.json"), Map.of()),
                Duration.ofSeconds(20));
        root = Files.createDirectories(folder.resolve("deep/er/root"));
        Files.createDirectory(folder.resolve("blobs"));
    }

    @AfterEach
    void stop() {
        if (process != null) {
            process.close();
        }
    }

    @Test
    void whatAnUpperLayerDeletesIsGone() throws Exception {
        unpack(
                gzip(tar(
                        "a/gone",
                        "1",
                        "a/kept",
                        "1",
                        "b/old",
                        "1",
                        "b/deep/old",
                        "1",
                        "c/x",
                        "1",
                        "d",
                        "1",
                        "e/y",
                        "1")),
                tar("a/.wh.gone", "", "b/new", "2", "b/.wh..wh..opq", "", ".wh.c", "", "d/z", "2", "e", "2"));

        assertThat(unpacked()).containsExactly("a/kept=1", "b/new=2", "d/z=2", "e=2");
    }

    @Test
    void noNameAndNoLinkLeadsOutOfTheFolder() throws Exception {
        Path outside = Files.writeString(folder.resolve("deep/secret"), "secret");
        unpack(
                tar(
                        "../../evil",
                        "1",
                        "/absolute",
                        "1",
                        "x/../../../evil",
                        "1",
                        "out -> ../..",
                        "",
                        "out/evil",
                        "1",
                        "hard => ../../secret",
                        "",
                        "again => absolute",
                        "",
                        ".wh...",
                        ""),
                tar(".wh...", "", "out/.wh.secret", ""));

        assertThat(unpacked()).containsExactly("absolute=1", "again=1", "out/evil=1");
        assertThat(outside).exists();
        try (Stream<Path> beside = Files.list(folder.resolve("deep"))) {
            assertThat(beside).hasSize(2);
        }
    }

    @Test
    void pythonsPackagesOfDebianAreWhereCdxgenLooks() throws Exception {
        String name = "usr/lib/python3/dist-packages/";
        unpack(tar(name + "a/METADATA", "1", name + "b/METADATA", "1"), tar(name + ".wh.b", ""));

        assertThat(unpacked()).containsExactly(name + "site-packages/a/METADATA=1");
    }

    @Test
    void whatCdxgenTakesMinutesOverIsLeftOut() throws Exception {
        unpack(tar(
                "var/lib/dpkg/status", "1", "./var/lib/dpkg/info/bash.list", "1", "var/lib/dpkg/status.d/bash", "1"));

        assertThat(unpacked()).containsExactly("var/lib/dpkg/status=1", "var/lib/dpkg/status.d/bash=1");
    }

    @Test
    void aLayerThatCannotBeReadIsNoEmptyLayer() {
        byte[] zstandard = {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd, 4, 0, 1, 0, 0};
        assertThatThrownBy(() -> unpack(tar("a", "1"), zstandard))
                .isInstanceOf(ImageRoot.UnreadableException.class)
                .hasMessageContaining("Zstandard");
        for (String garbage : List.of("garbage", "garbage".repeat(1000))) {
            assertThatThrownBy(() -> unpack(garbage.getBytes(StandardCharsets.UTF_8)))
                    .as(garbage)
                    .isInstanceOfAny(ImageRoot.UnreadableException.class, IOException.class);
        }
        assertThatThrownBy(this::unpack)
                .isInstanceOf(ImageRoot.UnreadableException.class)
                .hasMessageContaining("no layers");
    }

    private void unpack(byte[]... layers) throws Exception {
        List<Map<String, Object>> descriptors = new ArrayList<>();
        for (byte[] layer : layers) {
            descriptors.add(Map.of("digest", blob(layer).value(), "size", layer.length, "mediaType", "layer"));
        }
        byte[] config = Json.write(Map.of("os", "linux", "architecture", "amd64"));
        Digest digest = blob(Json.write(Map.of(
                "schemaVersion",
                2,
                "mediaType",
                "application/vnd.oci.image.manifest.v1+json",
                "config",
                Map.of(
                        "mediaType",
                        "application/vnd.oci.image.config.v1+json",
                        "digest",
                        blob(config).value(),
                        "size",
                        config.length),
                "layers",
                descriptors)));
        new ImageTransfer(registry, REPOSITORY).upload(digest, this::file);
        ImageToScan image = new ImageToScan(process.host() + "/" + REPOSITORY, digest, "", true);
        ImageRoot.unpack(registry, REPOSITORY, image, root);
    }

    private List<String> unpacked() throws IOException {
        List<String> found = new ArrayList<>();
        try (Stream<Path> all = Files.walk(root)) {
            for (Path file :
                    all.filter(each -> !Files.isDirectory(each)).sorted().toList()) {
                found.add(root.relativize(file) + "=" + Files.readString(file));
            }
        }
        return found;
    }

    private Digest blob(byte[] content) throws IOException {
        Digest digest = Digest.of(content);
        Files.write(file(digest), content);
        return digest;
    }

    private Path file(Digest digest) {
        return folder.resolve("blobs").resolve(digest.value().replace(':', '-'));
    }

    /** Names and contents in turn; {@code a -> b} is a symbolic link, {@code a => b} a hard one. */
    private static byte[] tar(String... files) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes, "UTF-8")) {
            for (int i = 0; i < files.length; i += 2) {
                String[] link = files[i].split(" [-=]> ", 2);
                byte[] content = files[i + 1].getBytes(StandardCharsets.UTF_8);
                TarArchiveEntry entry;
                if (link.length == 2) {
                    boolean hard = files[i].contains(" => ");
                    entry = new TarArchiveEntry(
                            link[0], hard ? TarArchiveEntry.LF_LINK : TarArchiveEntry.LF_SYMLINK, true);
                    entry.setLinkName(link[1]);
                } else {
                    entry = new TarArchiveEntry(files[i], true);
                    entry.setSize(content.length);
                }
                tar.putArchiveEntry(entry);
                tar.write(content);
                tar.closeArchiveEntry();
            }
        }
        return bytes.toByteArray();
    }

    private static byte[] gzip(byte[] content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(content);
        }
        return bytes.toByteArray();
    }
}
