package io.forgefleet.build.builder;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.engine.BuildEvent;
import io.forgefleet.clients.engine.BuildRequest;
import io.forgefleet.clients.engine.BuildResult;
import io.forgefleet.clients.engine.OciLayout;
import io.forgefleet.clients.registry.ImageArchive;
import io.forgefleet.clients.registry.ImageTransfer;
import io.forgefleet.clients.registry.Registry;
import io.forgefleet.clients.tool.Folders;
import io.forgefleet.events.image.Digest;
import io.forgefleet.runtime.config.BuilderConfig;
import io.forgefleet.runtime.worker.DependencyAwayException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;

/**
 * Builds images and pushes what it built, a few builds at a time. Building makes nothing public: an image gets its tag by
 * {@link #push}, which the worker calls when it may. Thread-safe.
 */
public abstract class Builder implements AutoCloseable {

    /**
     * An image that was built here.
     *
     * @param reference registry as the builder sees it, and repository
     * @param registry as the worker sees it
     * @param repository path there
     */
    public record Product(String reference, Registry registry, String repository, String tag, Digest digest) {

        public String tagged() {
            return reference + ":" + tag;
        }
    }

    private final BuilderConfig config;
    private final boolean alone;
    private final Path scratch;
    private final Semaphore slots;
    private final Quarantine quarantine = new Quarantine();

    /**
     * @param alone whether there is no other builder, so that no work can be done without it
     * @param scratch a folder for images on their way
     */
    Builder(BuilderConfig config, boolean alone, Path scratch) {
        this.config = config;
        this.alone = alone;
        this.scratch = scratch;
        this.slots = new Semaphore(config.slots(), true);
    }

    public final BuilderConfig config() {
        return config;
    }

    final int free() {
        return slots.availablePermits();
    }

    final boolean fit() {
        return !quarantine.lasts();
    }

    /** Whether it answers. */
    abstract boolean answers() throws InterruptedException;

    /** Builds; {@code request} asks for stored images or for caches, and gets what this kind of builder makes in their place. */
    abstract BuildResult run(BuildRequest request, boolean atHand, Consumer<BuildEvent> listener)
            throws IOException, ClientException, InterruptedException;

    abstract Digest pushed(Product image, Consumer<String> progress)
            throws IOException, ClientException, InterruptedException;

    abstract boolean holds(Product image) throws ClientException, InterruptedException;

    /** Drops what was built; what cannot be dropped is left to whoever tidies the builder. */
    abstract void remove(Product image) throws InterruptedException;

    /** Whether the build left it in the registry, without a tag, for the ledger. */
    public abstract boolean stages(Product image);

    /** Writes it as a tar from where it was built; false when it is not there. */
    abstract boolean exported(Product image, OutputStream into)
            throws IOException, ClientException, InterruptedException;

    final Path scratch(String prefix) throws IOException {
        return Files.createTempDirectory(Files.createDirectories(scratch), prefix);
    }

    @Override
    public abstract void close() throws IOException;

    /**
     * Builds when one of its slots is free; what is built is kept until it is removed.
     *
     * @param atHand whether images have to be where {@link #export} finds them without a registry
     */
    public final BuildResult build(BuildRequest request, boolean atHand, Consumer<BuildEvent> listener)
            throws IOException, ClientException, DependencyAwayException, InterruptedException {
        slots.acquire();
        try {
            BuildResult result = run(request, atHand, listener);
            quarantine.end();
            return result;
        } catch (ClientException e) {
            if (e.kind() == ClientException.Kind.BROKEN) {
                quarantine.begin(config.name(), String.valueOf(e.getMessage()));
            }
            throw orAway(e);
        } finally {
            slots.release();
        }
    }

    /** Pushes what was built here; gives the digest that the registry has then. */
    public final Digest push(Product image, Consumer<String> progress)
            throws IOException, ClientException, DependencyAwayException, InterruptedException {
        try {
            return pushed(image, progress);
        } catch (ClientException e) {
            if (e.kind() == ClientException.Kind.NOT_FOUND) {
                // somebody tidied the builder in between; the next attempt builds it again
                throw new ClientException(ClientException.Kind.UNAVAILABLE, String.valueOf(e.getMessage()), e);
            }
            throw orAway(e);
        }
    }

    /**
     * Writes an image as a tar that {@code docker load} takes: what was built here, else what the registry has under its digest.
     *
     * @param into is not closed
     */
    public final void export(Product image, OutputStream into)
            throws IOException, ClientException, DependencyAwayException, InterruptedException {
        try {
            if (exported(image, into)) {
                return;
            }
        } catch (ClientException e) {
            throw orAway(e);
        }
        Path folder = scratch("tar");
        try {
            OciLayout layout = new OciLayout(folder, image.digest());
            Files.createDirectories(layout.blob(image.digest()).resolveSibling(""));
            ImageTransfer.download(image.registry(), image.repository(), image.digest(), layout::blob);
            ImageArchive.write(image.digest(), layout::blob, image.tagged(), into);
        } finally {
            Folders.delete(folder);
        }
    }

    /** Whether what was built is still there to be pushed. */
    final boolean has(Product image) throws ClientException, DependencyAwayException, InterruptedException {
        try {
            return holds(image);
        } catch (ClientException e) {
            throw orAway(e);
        }
    }

    /** When the only builder does not answer, no run can do anything, and none should use up its attempts. */
    private ClientException orAway(ClientException e) throws DependencyAwayException, InterruptedException {
        if (alone && e.retryable() && !answers()) {
            throw new DependencyAwayException("builder " + config.name(), this::answers, e);
        }
        return e;
    }
}
