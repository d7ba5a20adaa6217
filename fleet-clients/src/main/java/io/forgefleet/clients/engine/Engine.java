package io.forgefleet.clients.engine;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.PullImageCmd;
import com.github.dockerjava.api.command.PullImageResultCallback;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.AuthConfig;
import com.github.dockerjava.api.model.Info;
import com.github.dockerjava.core.DefaultDockerClientConfig;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.httpclient5.ApacheDockerHttpClient;
import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.registry.Credential;
import io.forgefleet.clients.registry.DockerCredentials;
import io.forgefleet.events.image.Digest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
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
     * @param tls folder with {@code ca.pem}, {@code cert.pem} and {@code key.pem}; null for what the environment says
     * @param credentials for registries that it pulls from
     * @param silence how long the engine may say nothing before a call fails
     */
    public Engine(String endpoint, @Nullable Path tls, DockerCredentials credentials, Duration silence) {
        DefaultDockerClientConfig.Builder settings =
                DefaultDockerClientConfig.createDefaultConfigBuilder().withDockerHost(endpoint);
        if (tls != null) {
            settings = settings.withDockerTlsVerify(true).withDockerCertPath(tls.toString());
        }
        DefaultDockerClientConfig config = settings.build();
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

    /** Whether an image is in the engine's store, by name or digest. */
    public boolean has(String image) throws ClientException, InterruptedException {
        return answer("inspect image " + image, () -> {
            try {
                client.inspectImageCmd(image).exec();
                return true;
            } catch (NotFoundException e) {
                return false;
            }
        });
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

    /** Takes an image, by name or digest, from the engine's store; nothing happens when it is not there. */
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
