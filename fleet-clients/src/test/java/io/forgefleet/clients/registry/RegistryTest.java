package io.forgefleet.clients.registry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forgefleet.clients.ClientException;
import io.forgefleet.events.image.Digest;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RegistryTest {

    private static final String REPOSITORY = "team/sub/app";

    @TempDir
    Path folder;

    private static Digest upload(String host, byte[] blob) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            URI uploads = URI.create("http://" + host + "/v2/" + REPOSITORY + "/blobs/uploads/");
            var begun = client.send(
                    HttpRequest.newBuilder(uploads)
                            .POST(BodyPublishers.noBody())
                            .build(),
                    BodyHandlers.discarding());
            String to = uploads.resolve(begun.headers().firstValue("Location").orElseThrow())
                    .toString();
            Digest digest = Digest.of(blob);
            URI end = URI.create(to + (to.contains("?") ? "&" : "?") + "digest=" + digest);
            var done = client.send(
                    HttpRequest.newBuilder(end)
                            .PUT(BodyPublishers.ofByteArray(blob))
                            .build(),
                    BodyHandlers.discarding());
            assertThat(done.statusCode()).isEqualTo(201);
            return digest;
        }
    }

    /** Spaced as no library would write it: a manifest is bytes. */
    private static Manifest image(String host) throws Exception {
        byte[] config =
                "{\"config\":{\"Labels\":{\"revision\":\"abc\"}},\"rootfs\":{\"type\":\"layers\"}}".getBytes(UTF_8);
        Digest digest = upload(host, config);
        String json = """
                {  "schemaVersion" : 2, "mediaType": "%s",
                   "config": {"mediaType": "application/vnd.oci.image.config.v1+json", "size": %d, "digest": "%s"},
                   "layers": [], "annotations": {"io.forgefleet.run": "run-ü"} }""".formatted(Manifest.OCI_MANIFEST, config.length, digest);
        return Manifest.of(json.getBytes(UTF_8), "");
    }

    private Registry registry(String host) {
        return new Registry(host, true, RegistryProcess.none(folder), Duration.ofSeconds(10));
    }

    @ParameterizedTest
    @EnumSource
    void tagsByDigestByteForByte(RegistryProcess.Kind kind) throws Exception {
        try (RegistryProcess process = RegistryProcess.start(kind, folder)) {
            Registry registry = registry(process.host());
            Manifest image = image(process.host());
            assertThat(registry.digest(REPOSITORY, "sha-1234567")).isEmpty();
            registry.tag(REPOSITORY, image, "sha-1234567");
            assertThat(registry.digest(REPOSITORY, "sha-1234567")).contains(image.digest());

            registry.tag(REPOSITORY, image.digest(), "latest");
            assertThat(registry.digest(REPOSITORY, "latest")).contains(image.digest());

            Manifest read = registry.get(REPOSITORY, "latest");
            assertThat(read.annotations()).containsEntry("io.forgefleet.run", "run-ü");
            assertThat(read.isIndex()).isFalse();
            assertThat(registry.labels(REPOSITORY, read)).containsEntry("revision", "abc");
        }
    }

    @ParameterizedTest
    @EnumSource
    void tagsAnIndexByDigest(RegistryProcess.Kind kind) throws Exception {
        try (RegistryProcess process = RegistryProcess.start(kind, folder)) {
            Registry registry = registry(process.host());
            Manifest image = image(process.host());
            registry.tag(REPOSITORY, image, "one");
            String json =
                    "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"manifests\":[{\"mediaType\":\"%s\",\"size\":%d,\"digest\":\"%s\"}]}"
                            .formatted(Manifest.OCI_INDEX, Manifest.OCI_MANIFEST, image.bytes().length, image.digest());
            Manifest index = Manifest.of(json.getBytes(UTF_8), "");
            registry.tag(REPOSITORY, index, "all");
            registry.tag(REPOSITORY, index.digest(), "latest");
            assertThat(registry.digest(REPOSITORY, "latest")).contains(index.digest());
            assertThat(registry.get(REPOSITORY, "latest").isIndex()).isTrue();
            assertThat(registry.labels(REPOSITORY, index)).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void listsTagsOverPages(RegistryProcess.Kind kind) throws Exception {
        try (RegistryProcess process = RegistryProcess.start(kind, folder)) {
            Registry registry = registry(process.host());
            assertThat(registry.tags(REPOSITORY, 5000)).isEmpty();
            Manifest image = image(process.host());
            List<String> expected = new ArrayList<>();
            for (int i = 0; i < 25; i++) {
                expected.add("t" + i);
                registry.tag(REPOSITORY, image, "t" + i);
            }
            assertThat(registry.tags(REPOSITORY, 5000)).containsExactlyInAnyOrderElementsOf(expected);
            assertThat(registry.tags(REPOSITORY, 5000, 10)).containsExactlyInAnyOrderElementsOf(expected);
            assertThat(registry.tags(REPOSITORY, 10)).hasSize(10);
        }
    }

    @ParameterizedTest
    @EnumSource
    void tellsWhatIsNotThereFromFailures(RegistryProcess.Kind kind) throws Exception {
        Registry registry;
        try (RegistryProcess process = RegistryProcess.start(kind, folder)) {
            registry = registry(process.host());
            assertThatThrownBy(() -> registry.get(REPOSITORY, "no-such-tag"))
                    .isInstanceOfSatisfying(
                            ClientException.class, e -> assertThat(e.kind()).isEqualTo(ClientException.Kind.NOT_FOUND));
        }
        assertThatThrownBy(() -> registry.digest(REPOSITORY, "latest"))
                .isInstanceOfSatisfying(
                        ClientException.class, e -> assertThat(e.retryable()).isTrue())
                .hasMessageContaining("could not resolve");
    }
}
