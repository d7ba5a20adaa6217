package io.forgefleet.clients.engine;

import com.fasterxml.jackson.databind.JsonNode;
import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.ClientException.Kind;
import io.forgefleet.clients.tool.Command;
import io.forgefleet.clients.tool.Folders;
import io.forgefleet.events.image.Digest;
import io.forgefleet.events.wire.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Builds by {@code docker buildx bake} on one engine or BuildKit. Thread-safe. A build ends with all its processes, and so in BuildKit
 * too, when its thread is interrupted or its time is over.
 */
public final class Buildx {

    /** Of the environment of this process, what the docker command may need. */
    private static final Pattern INHERITED = Pattern.compile(
            "PATH|HOME|TMPDIR|(?i:https?_proxy|no_proxy|all_proxy)|SSL_CERT_FILE|SSL_CERT_DIR|DOCKER_CONFIG"
                    + "|DOCKER_TLS_VERIFY|DOCKER_CERT_PATH|AWS_.*|GOOGLE_.*");

    private static final String DEFINITION = "bake.json";
    private static final String METADATA = "metadata.json";

    private static final String REMOTE = "fleet";
    private static final int MOST_DESCRIPTION = 1 << 20;
    private static final Pattern VERSION = Pattern.compile("(?m)^BuildKit(?: version)?: +(\\S+)");
    private static final Pattern PLATFORMS = Pattern.compile("(?m)^Platforms: +(.+)$");

    private final String endpoint;
    private final boolean engine;
    private final @Nullable Path tls;
    private final Map<String, String> environment;

    private Buildx(String endpoint, boolean engine, @Nullable Path tls, Map<String, String> environment) {
        this.endpoint = endpoint;
        this.engine = engine;
        this.tls = tls;
        this.environment = environment.entrySet().stream()
                .filter(entry -> INHERITED.matcher(entry.getKey()).matches())
                .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    /**
     * By the BuildKit within a Docker engine. What it builds does not get into the engine's image store: that would have every
     * layer fetched and unpacked, and takes longer than a whole build that finds its steps in a cache.
     *
     * @param endpoint of the engine, as {@code DOCKER_HOST} names it
     * @param tls folder with {@code ca.pem}, {@code cert.pem} and {@code key.pem}; null for what {@code DOCKER_TLS_VERIFY} and
     *     {@code DOCKER_CERT_PATH} say
     * @param environment of this process: where docker and its plugins are, proxies, Docker's configuration
     */
    public static Buildx ofEngine(String endpoint, @Nullable Path tls, Map<String, String> environment) {
        String certificates = environment.getOrDefault("DOCKER_TLS_VERIFY", "").isEmpty()
                ? ""
                : environment.getOrDefault("DOCKER_CERT_PATH", "");
        return new Buildx(
                endpoint, true, tls == null && !certificates.isEmpty() ? Path.of(certificates) : tls, environment);
    }

    /**
     * By a BuildKit daemon of its own.
     *
     * @param endpoint {@code tcp://host:port} or {@code unix:///path}
     * @param tls folder with {@code ca.pem}, {@code cert.pem} and {@code key.pem}; null for none
     * @param environment of this process, as for an engine
     */
    public static Buildx ofBuildKit(String endpoint, @Nullable Path tls, Map<String, String> environment) {
        return new Buildx(endpoint, false, tls, environment);
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
        try (BuildKitSocket socket = socket(state)) {
            BakeFile.write(state.resolve(DEFINITION), request);
            BuildProgress progress = new BuildProgress(listener);
            Map<String, String> variables = variables(state, socket, request.credentials());
            variables.putAll(BakeFile.secrets(request));
            Command command = new Command(arguments(request, state), variables, null, "", request.timeout());
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
                    images ? digests(request, state.resolve(METADATA)) : Map.of(),
                    progress.report(
                            took,
                            request.targets().stream().map(BuildTarget::name).toList()));
        } finally {
            Folders.delete(state);
        }
    }

    /**
     * What the builder says about itself.
     *
     * @return version and platforms, for people
     * @throws ClientException when it does not answer
     */
    public String describe(Duration patience) throws IOException, ClientException, InterruptedException {
        Path state = Files.createTempDirectory("forgefleet-build");
        try (BuildKitSocket socket = socket(state)) {
            Command.Result result = new Command(
                            List.of("docker", "buildx", "inspect", REMOTE),
                            variables(state, socket, true),
                            null,
                            "",
                            patience)
                    .run(MOST_DESCRIPTION);
            Matcher version = VERSION.matcher(result.text());
            Matcher platforms = PLATFORMS.matcher(result.text());
            if (result.exit() != 0 || !version.find() || !platforms.find()) {
                String said = result.text()
                        .lines()
                        .filter(line -> line.startsWith("Error:"))
                        .findFirst()
                        .orElse(result.errors().strip());
                throw new ClientException(Kind.UNAVAILABLE, "no BuildKit answers at " + endpoint + ": " + said);
            }
            return "BuildKit " + version.group(1) + " for " + platforms.group(1).strip();
        } finally {
            Folders.delete(state);
        }
    }

    private List<String> arguments(BuildRequest request, Path state) {
        List<String> arguments = new ArrayList<>(List.of(
                "docker",
                "buildx",
                "bake",
                "--builder=" + REMOTE,
                "--progress=rawjson",
                "--provenance=false",
                "--metadata-file=" + state.resolve(METADATA),
                "--file=" + state.resolve(DEFINITION)));
        request.targets().forEach(target -> arguments.add(target.name()));
        return arguments;
    }

    private @Nullable BuildKitSocket socket(Path state) throws IOException, ClientException, InterruptedException {
        return engine ? BuildKitSocket.open(state.resolve("buildkit.sock"), URI.create(endpoint), tls) : null;
    }

    private Map<String, String> variables(Path state, @Nullable BuildKitSocket socket, boolean credentials)
            throws IOException {
        Map<String, String> variables = new HashMap<>(environment);
        if (socket == null) {
            remember(state.resolve("buildx"), endpoint, tls);
        } else {
            remember(state.resolve("buildx"), socket.endpoint().toString(), null);
        }
        variables.put("DOCKER_CLI_HINTS", "false");
        // buildx keeps a file about every build; here it goes with the build
        variables.put("BUILDX_CONFIG", state.resolve("buildx").toString());
        variables.put("BUILDX_NO_DEFAULT_ATTESTATIONS", "1");
        // newer ones ask on a terminal before they read outside of the working directory; what is read is the checkout
        variables.put("BUILDX_BAKE_ENTITLEMENTS_FS", "0");
        if (!credentials) {
            variables.put("DOCKER_CONFIG", withoutCredentials(state).toString());
        }
        return variables;
    }

    /** What {@code docker buildx create --driver remote} would write. */
    private static void remember(Path buildx, String endpoint, @Nullable Path tls) throws IOException {
        Map<String, String> options = tls == null
                ? Map.of()
                : Map.of(
                        "cacert", tls.resolve("ca.pem").toString(),
                        "cert", tls.resolve("cert.pem").toString(),
                        "key", tls.resolve("key.pem").toString());
        Map<String, Object> node = Map.of("Name", REMOTE + "0", "Endpoint", endpoint, "DriverOpts", options);
        Files.write(
                Files.createDirectories(buildx.resolve("instances")).resolve(REMOTE),
                Json.write(Map.of("Name", REMOTE, "Driver", "remote", "Dynamic", false, "Nodes", List.of(node))));
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
}
