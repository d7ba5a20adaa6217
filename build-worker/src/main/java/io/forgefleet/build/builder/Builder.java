package io.forgefleet.build.builder;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.engine.BuildEvent;
import io.forgefleet.clients.engine.BuildRequest;
import io.forgefleet.clients.engine.BuildResult;
import io.forgefleet.clients.engine.Buildx;
import io.forgefleet.clients.engine.Engine;
import io.forgefleet.clients.engine.EngineImage;
import io.forgefleet.clients.registry.DockerCredentials;
import io.forgefleet.events.image.Digest;
import io.forgefleet.runtime.config.BuilderConfig;
import io.forgefleet.runtime.worker.DependencyAwayException;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An engine that builds and pushes, a few builds at a time. Thread-safe. */
public final class Builder implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Builder.class);
    private static final Duration SILENCE = Duration.ofMinutes(2);
    private static final Duration PROBE = Duration.ofSeconds(5);
    private static final Duration PUSH = Duration.ofMinutes(10);

    private final BuilderConfig config;
    private final boolean alone;
    private final Engine engine;
    private final Engine probe;
    private final Buildx buildx;
    private final Semaphore slots;

    /**
     * A builder.
     *
     * @param alone whether there is no other builder, so that no work can be done without it
     */
    Builder(BuilderConfig config, boolean alone, DockerCredentials credentials, Map<String, String> environment) {
        String endpoint = config.endpoint().toString();
        this.config = config;
        this.alone = alone;
        this.engine = new Engine(endpoint, credentials, SILENCE);
        this.probe = new Engine(endpoint, credentials, PROBE);
        this.buildx = new Buildx(endpoint, environment);
        this.slots = new Semaphore(config.slots(), true);
    }

    BuilderConfig config() {
        return config;
    }

    int free() {
        return slots.availablePermits();
    }

    /** Whether the engine answers. */
    boolean answers() throws InterruptedException {
        try {
            probe.ping();
            return true;
        } catch (ClientException e) {
            LOG.debug("builder {}: {}", config.name(), e.getMessage());
            return false;
        }
    }

    /** Builds into the engine's store, when one of its slots is free. */
    public BuildResult build(BuildRequest request, Consumer<BuildEvent> listener)
            throws IOException, ClientException, DependencyAwayException, InterruptedException {
        slots.acquire();
        try {
            return buildx.build(request, listener);
        } catch (ClientException e) {
            throw orAway(e);
        } finally {
            slots.release();
        }
    }

    /** Pushes what is in the engine's store; gives the digest that the registry has then. */
    public Digest push(String repository, String tag, Consumer<String> progress)
            throws ClientException, DependencyAwayException, InterruptedException {
        try {
            return engine.push(repository, tag, PUSH, progress);
        } catch (ClientException e) {
            if (e.kind() == ClientException.Kind.NOT_FOUND) {
                // somebody tidied the engine in between; the next attempt builds it again
                throw new ClientException(ClientException.Kind.UNAVAILABLE, String.valueOf(e.getMessage()), e);
            }
            throw orAway(e);
        }
    }

    /** Whether the engine's store has this digest under this name. */
    public boolean has(String tagged, Digest digest)
            throws ClientException, DependencyAwayException, InterruptedException {
        try {
            return engine.inspect(tagged).map(EngineImage::id).equals(Optional.of(digest.value()));
        } catch (ClientException e) {
            throw orAway(e);
        }
    }

    /** Takes a name from the engine's store; when that fails it is left to whoever tidies the engine. */
    public void remove(String tagged) throws InterruptedException {
        try {
            engine.remove(tagged);
        } catch (ClientException e) {
            LOG.info("builder {} keeps {}: {}", config.name(), tagged, e.getMessage());
        }
    }

    /** When the only engine does not answer, no run can do anything, and none should use up its attempts. */
    private ClientException orAway(ClientException e) throws DependencyAwayException, InterruptedException {
        if (alone && e.retryable() && !answers()) {
            throw new DependencyAwayException("builder " + config.name(), this::answers, e);
        }
        return e;
    }

    @Override
    public void close() throws IOException {
        engine.close();
        probe.close();
    }
}
