package io.forgefleet.clients.engine;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectImageResponse;
import com.github.dockerjava.api.command.PullImageCmd;
import com.github.dockerjava.api.command.PullImageResultCallback;
import com.github.dockerjava.api.command.PushImageCmd;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.AuthConfig;
import com.github.dockerjava.api.model.ContainerConfig;
import com.github.dockerjava.api.model.Image;
import com.github.dockerjava.api.model.Info;
import com.github.dockerjava.core.DefaultDockerClientConfig;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.httpclient5.ApacheDockerHttpClient;
import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.registry.Credential;
import io.forgefleet.clients.registry.DockerCredentials;
import io.forgefleet.events.image.Digest;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One Docker engine, by its API. Thread-safe; every call blocks and stops when its thread is interrupted. It connects
 * with the first call, not before.
 */
public final class Engine implements AutoCloseable {

    private static final int MOST_CONNECTIONS = 64;

    private final String endpoint;
    private final DockerClient client;
    private final DockerCredentials credentials;

    /**
     * @param endpoint {@code unix:///var/run/docker.sock}, {@code tcp://host:2375}
     * @param silence how long the engine may say nothing before a call fails
     */
    public Engine(String endpoint, DockerCredentials credentials, Duration silence) {
        DefaultDockerClientConfig config = DefaultDockerClientConfig.createDefaultConfigBuilder()
                .withDockerHost(endpoint)
                .build();
        this.endpoint = endpoint;
        this.credentials = credentials;
        this.client = DockerClientImpl.getInstance(
                config,
                new ApacheDockerHttpClient.Builder()
                        .dockerHost(config.getDockerHost())
                        .sslConfig(config.getSSLConfig())
                        .maxConnections(MOST_CONNECTIONS)
                        .connectionTimeout(Duration.ofSeconds(5))
                        .responseTimeout(silence)
                        .build());
    }

    public String endpoint() {
        return endpoint;
    }

    /** Whether it answers. */
    public void ping() throws ClientException, InterruptedException {
        call("reach the engine at " + endpoint, () -> client.pingCmd().exec());
    }

    public EngineInfo info() throws ClientException, InterruptedException {
        Info info = answer("ask the engine at " + endpoint + " what it is", () -> client.infoCmd()
                .exec());
        List<List<String>> status = info.getDriverStatuses();
        boolean containerd = status != null
                && status.stream().flatMap(List::stream).anyMatch(word -> word.startsWith("io.containerd.snapshotter"));
        return new EngineInfo(Objects.requireNonNullElse(info.getServerVersion(), "unknown"), containerd);
    }

    /** An image of the engine's store by name or digest; empty when it is not there. */
    public Optional<EngineImage> inspect(String image) throws ClientException, InterruptedException {
        InspectImageResponse found = call("inspect image " + image, () -> {
            try {
                return client.inspectImageCmd(image).exec();
            } catch (NotFoundException e) {
                return null;
            }
        });
        if (found == null) {
            return Optional.empty();
        }
        ContainerConfig config = found.getConfig();
        return Optional.of(new EngineImage(
                Objects.requireNonNullElse(found.getId(), ""),
                Objects.requireNonNullElse(found.getRepoTags(), List.of()),
                config == null ? Map.of() : Objects.requireNonNullElse(config.getLabels(), Map.of()),
                Objects.requireNonNullElse(found.getSize(), 0L)));
    }

    /** Images of the engine's store that carry a label, whatever its value. */
    public List<EngineImage> images(String label) throws ClientException, InterruptedException {
        List<Image> images = answer(
                "list the images labelled " + label,
                () -> client.listImagesCmd().withLabelFilter(label).exec());
        return images.stream()
                .map(image -> new EngineImage(
                        Objects.requireNonNullElse(image.getId(), ""),
                        image.getRepoTags() == null ? List.of() : Arrays.asList(image.getRepoTags()),
                        Objects.requireNonNullElse(image.getLabels(), Map.of()),
                        Objects.requireNonNullElse(image.getSize(), 0L)))
                .toList();
    }

    /**
     * Brings an image into the engine's store.
     *
     * @param repository with its registry, without tag
     * @param digest of the image or index; of several platforms the engine takes its own
     */
    public void pull(String repository, Digest digest, Duration timeout) throws ClientException, InterruptedException {
        String tried = "pull " + repository + "@" + digest;
        AuthConfig auth = auth(repository);
        PullImageCmd command = client.pullImageCmd(repository + "@" + digest);
        if (auth != null) {
            command = command.withAuthConfig(auth);
        }
        try (PullImageResultCallback pull = command.exec(new PullImageResultCallback())) {
            if (!pull.awaitCompletion(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new ClientException(
                        ClientException.Kind.UNAVAILABLE,
                        "could not " + tried + " within " + timeout.toSeconds() + " s");
            }
        } catch (IOException | RuntimeException e) {
            String said = String.valueOf(e.getMessage());
            throw new ClientException(EngineTrouble.kind(said), "could not " + tried + ": " + said, e);
        }
    }

    /**
     * Anything else that its API can do.
     *
     * @param tried what the call is for, as in "could not {tried}"
     */
    public <T extends @Nullable Object> T call(String tried, Function<DockerClient, T> call)
            throws ClientException, InterruptedException {
        return call(tried, () -> call.apply(client));
    }

    /** Gives an image of the engine's store another name there. */
    public void tag(String image, String repository, String tag) throws ClientException, InterruptedException {
        call("tag " + image + " as " + repository + ":" + tag, () -> {
            client.tagImageCmd(image, repository, tag).exec();
            return null;
        });
    }

    /** Takes a name from the engine's store, and with its last name the image; nothing happens when it is not there. */
    public void remove(String image) throws ClientException, InterruptedException {
        call("remove image " + image, () -> {
            try {
                client.removeImageCmd(image).exec();
            } catch (NotFoundException e) {
                // gone already, which is what was asked for
            }
            return null;
        });
    }

    /**
     * Pushes an image of the engine's store under its name.
     *
     * @param repository with its registry, without tag
     * @param progress gets a line for each step of each layer, on the engine's reading thread
     * @return the digest that the registry has now
     * @throws ClientException UNAVAILABLE for 5xx, 429 and cut connections, UNAUTHORIZED for 401, 403 and denials, NOT_FOUND when
     *     the engine has no such image
     */
    public Digest push(String repository, String tag, Duration timeout, Consumer<String> progress)
            throws ClientException, InterruptedException {
        String tried = "push " + repository + ":" + tag;
        AuthConfig auth = auth(repository);
        PushImageCmd command = client.pushImageCmd(repository).withTag(tag);
        if (auth != null) {
            command = command.withAuthConfig(auth);
        }
        return PushProgress.of(tried, command, timeout, progress);
    }

    @Override
    public void close() throws IOException {
        client.close();
    }

    private @Nullable AuthConfig auth(String repository) throws ClientException, InterruptedException {
        int slash = repository.indexOf('/');
        String first = slash < 0 ? "" : repository.substring(0, slash);
        boolean host = first.contains(".") || first.contains(":") || first.equals("localhost");
        String registry = host ? first : "docker.io";
        Optional<Credential> credential = credentials.of(registry);
        if (credential.isEmpty()) {
            return null;
        }
        AuthConfig auth = new AuthConfig()
                .withRegistryAddress(registry.equals("docker.io") ? AuthConfig.DEFAULT_SERVER_ADDRESS : registry);
        return credential.get().identityToken()
                ? auth.withIdentityToken(credential.get().secret())
                : auth.withUsername(credential.get().user())
                        .withPassword(credential.get().secret());
    }

    private static <T> T answer(String tried, Supplier<T> call) throws ClientException, InterruptedException {
        return Objects.requireNonNull(call(tried, call));
    }

    private static <T extends @Nullable Object> T call(String tried, Supplier<T> call)
            throws ClientException, InterruptedException {
        try {
            return call.get();
        } catch (RuntimeException e) {
            if (Thread.interrupted()) {
                throw (InterruptedException) new InterruptedException("interrupted in: " + tried).initCause(e);
            }
            throw EngineTrouble.failure(tried, e);
        }
    }
}
