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
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Builds into the store of a Docker engine, which pushes from there. */
final class EngineBuilder extends Builder {

    private static final Logger LOG = LoggerFactory.getLogger(EngineBuilder.class);
    private static final Duration SILENCE = Duration.ofMinutes(2);
    private static final Duration PROBE = Duration.ofSeconds(5);
    private static final Duration PUSH = Duration.ofMinutes(10);

    private final Engine engine;
    private final Engine probe;
    private final Buildx buildx;

    EngineBuilder(
            BuilderConfig config,
            boolean alone,
            Path scratch,
            DockerCredentials credentials,
            Map<String, String> environment) {
        super(config, alone, scratch);
        String endpoint = config.endpoint().toString();
        this.engine = new Engine(endpoint, credentials, SILENCE);
        this.probe = new Engine(endpoint, credentials, PROBE);
        this.buildx = Buildx.ofEngine(endpoint, environment);
    }

    @Override
    boolean answers() throws InterruptedException {
        try {
            probe.ping();
            return true;
        } catch (ClientException e) {
            LOG.debug("builder {}: {}", config().name(), e.getMessage());
            return false;
        }
    }

    @Override
    BuildResult run(BuildRequest request, boolean atHand, Consumer<BuildEvent> listener)
            throws IOException, ClientException, InterruptedException {
        return buildx.build(request, listener);
    }

    @Override
    Digest pushed(Product image, Consumer<String> progress) throws ClientException, InterruptedException {
        return engine.push(image.reference(), image.tag(), PUSH, progress);
    }

    @Override
    boolean holds(Product image) throws ClientException, InterruptedException {
        return engine.inspect(image.tagged())
                .map(EngineImage::id)
                .equals(Optional.of(image.digest().value()));
    }

    @Override
    void remove(Product image) throws InterruptedException {
        try {
            engine.remove(image.tagged());
        } catch (ClientException e) {
            LOG.info("builder {} keeps {}: {}", config().name(), image.tagged(), e.getMessage());
        }
    }

    @Override
    boolean exported(Product image, OutputStream into) throws IOException, ClientException, InterruptedException {
        if (!holds(image)) {
            return false;
        }
        engine.save(image.tagged(), into);
        return true;
    }

    @Override
    public boolean stages(Product image) {
        return false;
    }

    @Override
    public void close() throws IOException {
        engine.close();
        probe.close();
    }
}
