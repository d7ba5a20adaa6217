package io.forgefleet.clients.engine;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.model.Info;
import com.github.dockerjava.core.DefaultDockerClientConfig;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.httpclient5.ApacheDockerHttpClient;
import io.forgefleet.clients.ClientException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
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

    /**
     * @param endpoint {@code unix:///var/run/docker.sock}, {@code tcp://host:2375}
     * @param tls folder with {@code ca.pem}, {@code cert.pem} and {@code key.pem}; null for what the environment says
     * @param silence how long the engine may say nothing before a call fails
     */
    public Engine(String endpoint, @Nullable Path tls, Duration silence) {
        DefaultDockerClientConfig.Builder settings =
                DefaultDockerClientConfig.createDefaultConfigBuilder().withDockerHost(endpoint);
        if (tls != null) {
            settings = settings.withDockerTlsVerify(true).withDockerCertPath(tls.toString());
        }
        DefaultDockerClientConfig config = settings.build();
        this.endpoint = endpoint;
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

    @Override
    public void close() throws IOException {
        client.close();
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
