package io.forgefleet.clients.engine;

import com.fasterxml.jackson.databind.JsonNode;
import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.ClientException.Kind;
import io.forgefleet.clients.tool.Command;
import io.forgefleet.events.image.Digest;
import io.forgefleet.events.wire.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Builds by {@code docker buildx bake} on one engine. Thread-safe. A build ends with all its processes, and so in BuildKit
 * too, when its thread is interrupted or its time is over.
 */
public final class Buildx {

    /** Of the environment of this process, what the docker command may need. */
    private static final Pattern INHERITED = Pattern.compile(
            "PATH|HOME|TMPDIR|(?i:https?_proxy|no_proxy|all_proxy)|SSL_CERT_FILE|SSL_CERT_DIR|DOCKER_CONFIG"
                    + "|DOCKER_TLS_VERIFY|DOCKER_CERT_PATH|AWS_.*|GOOGLE_.*");

    private static final String DEFINITION = "bake.json";
    private static final String METADATA = "metadata.json";

    private final String endpoint;
    private final Map<String, String> environment;

    /**
     * @param endpoint of the engine, as {@code DOCKER_HOST} names it
     * @param environment of this process: where docker and its plugins are, proxies, Docker's configuration
     */
    public Buildx(String endpoint, Map<String, String> environment) {
        this.endpoint = endpoint;
        this.environment = environment.entrySet().stream()
                .filter(entry -> INHERITED.matcher(entry.getKey()).matches())
                .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    /**
     * Builds.
     *
     * @param listener told what happens, on a thread of its own, one event at a time; it should not block for long
     * @throws ClientException for trouble that is not the Dockerfile's: engine, registry, network, time
     */
    public BuildResult build(BuildRequest request, Consumer<BuildEvent> listener)
            throws IOException, ClientException, InterruptedException {
        Path state = Files.createTempDirectory("forgefleet-build");
        try {
            BakeFile.write(state.resolve(DEFINITION), request);
            BuildProgress progress = new BuildProgress(listener);
            Command command =
                    new Command(arguments(request, state), variables(request, state), null, "", request.timeout());
            long began = System.nanoTime();
            int exit = command.run(
                    output -> output.transferTo(OutputStream.nullOutputStream()),
                    (InputStream errors) -> new JsonSequence(progress::object, progress::word).read(errors));
            Duration took = Duration.ofNanos(System.nanoTime() - began);
            if (exit != 0) {
                return progress.failed(request.images(), exit, took);
            }
            boolean images = request.product() != BuildRequest.Product.CACHES;
            return new BuildResult.Built(
                    images ? digests(request, state.resolve(METADATA)) : Map.of(), progress.report(took));
        } finally {
            delete(state);
        }
    }

    private static List<String> arguments(BuildRequest request, Path state) {
        List<String> arguments = new ArrayList<>(List.of(
                "docker",
                "buildx",
                "bake",
                "--builder=default",
                "--progress=rawjson",
                "--provenance=false",
                "--metadata-file=" + state.resolve(METADATA),
                "--file=" + state.resolve(DEFINITION)));
        request.targets().forEach(target -> arguments.add(target.name()));
        return arguments;
    }

    private Map<String, String> variables(BuildRequest request, Path state) throws IOException {
        Map<String, String> variables = new HashMap<>(environment);
        variables.put("DOCKER_HOST", endpoint);
        variables.put("DOCKER_CLI_HINTS", "false");
        // buildx keeps a file about every build; here it goes with the build
        variables.put("BUILDX_CONFIG", state.resolve("buildx").toString());
        variables.put("BUILDX_NO_DEFAULT_ATTESTATIONS", "1");
        // newer ones ask on a terminal before they read outside of the working directory; what is read is the checkout
        variables.put("BUILDX_BAKE_ENTITLEMENTS_FS", "0");
        variables.putAll(BakeFile.secrets(request));
        if (!request.credentials()) {
            variables.put("DOCKER_CONFIG", withoutCredentials(state).toString());
        }
        return variables;
    }

    /** A configuration of Docker's that knows no registry, and the plugins that the real one knows. */
    private Path withoutCredentials(Path state) throws IOException {
        Path directory = Files.createDirectory(state.resolve("docker"));
        String known = environment.getOrDefault("DOCKER_CONFIG", environment.getOrDefault("HOME", "/") + "/.docker");
        Files.write(
                directory.resolve("config.json"),
                Json.write(Map.of(
                        "cliPluginsExtraDirs",
                        List.of(Path.of(known, "cli-plugins").toString()))));
        return directory;
    }

    private static Map<String, Digest> digests(BuildRequest request, Path metadata)
            throws IOException, ClientException {
        JsonNode json = Json.mapper().readTree(Files.readAllBytes(metadata));
        Map<String, Digest> digests = new HashMap<>();
        for (BuildTarget target : request.targets()) {
            JsonNode made = json.path(target.name());
            String digest = made.path("containerimage.digest").asText("");
            String type =
                    made.path("containerimage.descriptor").path("mediaType").asText("");
            if (digest.isEmpty() || type.isEmpty()) {
                throw new ClientException(
                        Kind.REFUSED,
                        "could not build " + target.image() + ": buildx names no manifest; "
                                + EngineInfo.CONTAINERD_ADVICE);
            }
            digests.put(target.name(), new Digest(digest));
        }
        return digests;
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
