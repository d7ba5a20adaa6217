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
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Builds by {@code docker buildx} on one engine. Thread-safe. A build ends with all its processes, and so in BuildKit
 * too, when its thread is interrupted or its time is over.
 */
public final class Buildx {

    /** Of the environment of this process, what the docker command may need. */
    private static final Pattern INHERITED = Pattern.compile(
            "PATH|HOME|TMPDIR|(?i:https?_proxy|no_proxy|all_proxy)|SSL_CERT_FILE|SSL_CERT_DIR|DOCKER_CONFIG"
                    + "|DOCKER_TLS_VERIFY|DOCKER_CERT_PATH|AWS_.*|GOOGLE_.*");

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
     * Builds an image into the engine's store.
     *
     * @param listener told what happens, on a thread of its own, one event at a time; it should not block for long
     * @throws ClientException for trouble that is not the Dockerfile's: engine, registry, network, time
     */
    public BuildResult build(BuildRequest request, Consumer<BuildEvent> listener)
            throws IOException, ClientException, InterruptedException {
        Path state = Files.createTempDirectory("forgefleet-build");
        try {
            Path metadata = state.resolve("metadata.json");
            BuildProgress progress = new BuildProgress(listener);
            Command command =
                    new Command(arguments(request, metadata), variables(request, state), null, "", request.timeout());
            long began = System.nanoTime();
            int exit = command.run(
                    output -> output.transferTo(OutputStream.nullOutputStream()),
                    (InputStream errors) -> new JsonSequence(progress::object, progress::word).read(errors));
            Duration took = Duration.ofNanos(System.nanoTime() - began);
            if (exit != 0) {
                return progress.failed(request.image(), exit, took);
            }
            return new BuildResult.Built(digest(request, metadata), progress.report(took));
        } finally {
            delete(state);
        }
    }

    static List<String> arguments(BuildRequest request, Path metadata) {
        List<String> arguments = new ArrayList<>(List.of("docker", "buildx", "build", "--builder=default"));
        arguments.add("--progress=rawjson");
        arguments.add("--provenance=false");
        arguments.add("--metadata-file=" + metadata);
        arguments.add("--output=" + output(request));
        arguments.add("--build-arg=SOURCE_DATE_EPOCH=" + request.sourceDate().getEpochSecond());
        new TreeMap<>(request.buildArgs()).forEach((name, value) -> arguments.add("--build-arg=" + name + "=" + value));
        new TreeMap<>(request.labels()).forEach((name, value) -> arguments.add("--label=" + name + "=" + value));
        request.buildContexts().forEach((name, value) -> arguments.add("--build-context=" + name + "=" + value));
        List<String> ids = secretIds(request);
        for (int i = 0; i < ids.size(); i++) {
            arguments.add("--secret=" + csv(List.of("id=" + ids.get(i), "env=" + secretVariable(i))));
        }
        for (String reference : request.cacheFrom()) {
            arguments.add("--cache-from=" + csv(List.of("type=registry", "ref=" + reference)));
        }
        for (String reference : request.cacheTo()) {
            arguments.add("--cache-to="
                    + csv(List.of(
                            "type=registry",
                            "ref=" + reference,
                            "mode=max",
                            "image-manifest=true",
                            "oci-mediatypes=true",
                            "ignore-error=true")));
        }
        if (request.noCache()) {
            arguments.add("--no-cache");
        }
        if (!request.platforms().isEmpty()) {
            arguments.add("--platform=" + String.join(",", request.platforms()));
        }
        if (request.target() != null) {
            arguments.add("--target=" + request.target());
        }
        arguments.add("--file=" + request.dockerfile());
        arguments.add("--");
        arguments.add(request.context().toString());
        return arguments;
    }

    private static String output(BuildRequest request) {
        List<String> fields = new ArrayList<>(
                List.of("type=image", "name=" + request.image(), "unpack=false", "oci-mediatypes=true"));
        new TreeMap<>(request.annotations()).forEach((key, value) -> {
            fields.add("annotation." + key + "=" + value);
            if (request.platforms().size() > 1) {
                fields.add("annotation-index." + key + "=" + value);
            }
        });
        return csv(fields);
    }

    /** One record of comma separated values: names of branches and such may hold commas and quotes. */
    private static String csv(List<String> fields) {
        return String.join(
                ",",
                fields.stream()
                        .map(field ->
                                field.matches("[^,\"\\r\\n]*") ? field : "\"" + field.replace("\"", "\"\"") + "\"")
                        .toList());
    }

    private Map<String, String> variables(BuildRequest request, Path state) throws IOException {
        Map<String, String> variables = new HashMap<>(environment);
        variables.put("DOCKER_HOST", endpoint);
        variables.put("DOCKER_CLI_HINTS", "false");
        // buildx keeps a file about every build; here it goes with the build
        variables.put("BUILDX_CONFIG", state.resolve("buildx").toString());
        variables.put("BUILDX_NO_DEFAULT_ATTESTATIONS", "1");
        List<String> ids = secretIds(request);
        for (int i = 0; i < ids.size(); i++) {
            variables.put(secretVariable(i), request.secrets().getOrDefault(ids.get(i), ""));
        }
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

    private static List<String> secretIds(BuildRequest request) {
        return request.secrets().keySet().stream().sorted().toList();
    }

    private static String secretVariable(int index) {
        return "FORGEFLEET_SECRET_" + index;
    }

    private static Digest digest(BuildRequest request, Path metadata) throws IOException, ClientException {
        JsonNode json = Json.mapper().readTree(Files.readAllBytes(metadata));
        String digest = json.path("containerimage.digest").asText("");
        String type = json.path("containerimage.descriptor").path("mediaType").asText("");
        if (digest.isEmpty() || type.isEmpty()) {
            throw new ClientException(
                    Kind.REFUSED,
                    "could not build " + request.image() + ": buildx names no manifest; "
                            + EngineInfo.CONTAINERD_ADVICE);
        }
        return new Digest(digest);
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
