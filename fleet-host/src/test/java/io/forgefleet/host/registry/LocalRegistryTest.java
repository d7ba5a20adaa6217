package io.forgefleet.host.registry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LocalRegistryTest {

    private final HttpClient http = HttpClient.newHttpClient();
    private final Path directory;

    LocalRegistryTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @ParameterizedTest
    @EnumSource(RegistryProgram.class)
    void keepsWhatWasPushedOverRestartsAndDeletesIt(RegistryProgram program) throws Exception {
        assumeTrue(program.isAvailable(), () -> "needs " + program + " on PATH");
        byte[] blob = "a layer".getBytes(UTF_8);
        String digest = "sha256:"
                + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(blob));
        int port;
        try (LocalRegistry registry = LocalRegistry.start(program, directory.resolve("with space"), 0)) {
            port = Integer.parseInt(registry.address().substring("127.0.0.1:".length()));
            URI uploads = URI.create("http://" + registry.address() + "/v2/a/b/blobs/uploads/");
            String location = send(HttpRequest.newBuilder(uploads).POST(BodyPublishers.noBody()))
                    .headers()
                    .firstValue("Location")
                    .orElseThrow();
            URI upload = uploads.resolve(location + (location.contains("?") ? "&" : "?") + "digest=" + digest);
            assertThat(send(HttpRequest.newBuilder(upload).PUT(BodyPublishers.ofByteArray(blob)))
                            .statusCode())
                    .isEqualTo(201);
        }
        try (LocalRegistry registry = LocalRegistry.start(program, directory.resolve("with space"), port)) {
            URI pushed = URI.create("http://" + registry.address() + "/v2/a/b/blobs/" + digest);
            assertThat(send(HttpRequest.newBuilder(pushed)).body()).isEqualTo("a layer");
            assertThat(send(HttpRequest.newBuilder(pushed).DELETE()).statusCode())
                    .isEqualTo(202);
            assertThat(send(HttpRequest.newBuilder(pushed)).statusCode()).isEqualTo(404);
        }
    }

    @Test
    void showsTheLogOfARegistryThatDoesNotStart() throws Exception {
        assumeTrue(RegistryProgram.findAny().isPresent(), "needs docker-registry or registry on PATH");
        try (ServerSocket taken = new ServerSocket(0)) {
            assertThatThrownBy(() -> LocalRegistry.start(directory, taken.getLocalPort()))
                    .hasMessageContaining("address already in use");
        }
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return http.send(request.build(), BodyHandlers.ofString());
    }
}
