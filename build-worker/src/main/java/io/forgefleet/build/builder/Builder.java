package io.forgefleet.build.builder;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.engine.BuildEvent;
import io.forgefleet.clients.engine.BuildRequest;
import io.forgefleet.clients.engine.BuildResult;
import io.forgefleet.clients.engine.BuildTarget;
import io.forgefleet.clients.engine.Buildx;
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
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Builds images, a few builds at a time, on a BuildKit: within a Docker engine or a daemon of its own. A build with credentials
 * pushes by digest, without a tag; one that must not have any, or that has to be at hand, comes back as a folder, and the worker
 * uploads it. Neither makes anything public: an image gets its tag by {@link #push}, which the worker calls when it may. Thread-safe.
 */
public final class Builder implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Builder.class);

    /**
     * An image that was built here.
     *
     * @param reference registry as the builder sees it, and repository
     * @param registry as the worker sees it
     * @param repository path there
     * @param bases what it was built upon, by digest, as far as that is known
     */
    public record Product(
            String reference, Registry registry, String repository, String tag, Digest digest, List<String> bases) {

        public Product {
            bases = List.copyOf(bases);
        }

        public String tagged() {
            return reference + ":" + tag;
        }
    }

    private final BuilderConfig config;
    private final boolean alone;
    private final Semaphore slots;
    private final Quarantine quarantine = new Quarantine();
    private final Probe probe;
    private final Buildx buildx;
    private final Path scratch;
    private final Map<Digest, Path> layouts = new ConcurrentHashMap<>();

    /**
     * Connects to nothing yet.
     *
     * @param alone whether there is no other builder, so that no work can be done without it
     * @param scratch a folder for images on their way
     * @param environment of this process, for the docker command
     */
    Builder(BuilderConfig config, boolean alone, Path scratch, Map<String, String> environment) {
        this.config = config;
        this.alone = alone;
        this.slots = new Semaphore(config.slots(), true);
        this.probe = Probe.of(config);
        String endpoint = config.endpoint().toString();
        this.buildx = switch (config.kind()) {
            case ENGINE -> Buildx.ofEngine(endpoint, config.tls(), environment);
            case BUILDKIT -> Buildx.ofBuildKit(endpoint, config.tls(), environment);
        };
        this.scratch = scratch;
    }

    public BuilderConfig config() {
        return config;
    }

    int free() {
        return slots.availablePermits();
    }

    boolean fit() {
        return !quarantine.lasts();
    }

    /** Whether it answers. */
    boolean answers() throws InterruptedException {
        return probe.answers();
    }

    /** Whether the build left it in the registry, without a tag, for the ledger. */
    public boolean stages(Product image) {
        return !layouts.containsKey(image.digest());
    }

    /**
     * Builds when one of its slots is free; what is built is kept until it is removed.
     *
     * @param atHand whether images have to be where {@link #export} finds them without a registry
     */
    public BuildResult build(BuildRequest request, boolean atHand, Consumer<BuildEvent> listener)
            throws IOException, ClientException, DependencyAwayException, InterruptedException {
        slots.acquire();
        try {
            boolean here =
                    request.product() == BuildRequest.Product.PUSHED_BY_DIGEST && (atHand || !request.credentials());
            BuildResult result = here ? intoFolder(request, listener) : buildx.build(request, listener);
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

    private BuildResult intoFolder(BuildRequest request, Consumer<BuildEvent> listener)
            throws IOException, ClientException, InterruptedException {
        Path folder = Files.createTempDirectory(Files.createDirectories(scratch), "image");
        Map<String, Digest> digests = new HashMap<>();
        try {
            BuildResult result = buildx.build(request.into(folder), listener);
            if (!(result instanceof BuildResult.Built built)) {
                return result;
            }
            for (BuildTarget target : request.targets()) {
                OciLayout layout = OciLayout.of(folder.resolve(target.name()));
                layouts.put(layout.digest(), layout.folder());
                digests.put(target.name(), layout.digest());
            }
            return new BuildResult.Built(digests, built.report());
        } finally {
            if (digests.isEmpty()) {
                Folders.delete(folder);
            }
        }
    }

    /** Brings what was built here into the registry, without a tag; what is there already stays. */
    public void stage(Product image, Consumer<String> progress)
            throws IOException, ClientException, InterruptedException {
        Path folder = layouts.get(image.digest());
        if (folder != null) {
            progress.accept("uploading " + image.reference() + "@" + image.digest());
            OciLayout layout = new OciLayout(folder, image.digest());
            new ImageTransfer(image.registry(), image.repository()).upload(image.digest(), layout::blob);
        }
    }

    /** Gives what was built here its tag; it is in the registry then. */
    public void push(Product image, Consumer<String> progress)
            throws IOException, ClientException, DependencyAwayException, InterruptedException {
        try {
            stage(image, progress);
            image.registry().tag(image.repository(), image.digest(), image.tag());
            progress.accept(image.tagged() + " is " + image.digest());
        } catch (ClientException e) {
            if (e.kind() == ClientException.Kind.NOT_FOUND) {
                // somebody tidied the registry in between; the next attempt builds it again
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
    public void export(Product image, OutputStream into) throws IOException, ClientException, InterruptedException {
        Path here = layouts.get(image.digest());
        if (here != null) {
            ImageArchive.write(image.digest(), new OciLayout(here, image.digest())::blob, image.tagged(), into);
            return;
        }
        Path folder = Files.createTempDirectory(Files.createDirectories(scratch), "tar");
        try {
            OciLayout layout = new OciLayout(folder, image.digest());
            Files.createDirectories(layout.blob(image.digest()).resolveSibling(""));
            ImageTransfer.download(image.registry(), image.repository(), image.digest(), layout::blob);
            ImageArchive.write(image.digest(), layout::blob, image.tagged(), into);
        } finally {
            Folders.delete(folder);
        }
    }

    /** Whether what was built is still there to get its tag. */
    boolean has(Product image) throws ClientException, InterruptedException {
        return layouts.containsKey(image.digest())
                || image.registry().whole(image.repository(), image.digest()).isPresent();
    }

    /** Drops what was built and is here. */
    void remove(Product image) {
        Path folder = layouts.remove(image.digest());
        if (folder != null) {
            delete(folder);
        }
    }

    /** Deletes an image, and with the last one of a build the folder around them. */
    private static void delete(Path folder) {
        try {
            Folders.delete(folder);
            Files.deleteIfExists(folder.resolveSibling(""));
        } catch (DirectoryNotEmptyException e) {
            // others of the same build are in it
        } catch (IOException e) {
            LOG.info("{} is left: {}", folder, e.toString());
        }
    }

    /** When the only builder does not answer, no run can do anything, and none should use up its attempts. */
    private ClientException orAway(ClientException e) throws DependencyAwayException, InterruptedException {
        if (alone && e.retryable() && !answers()) {
            throw new DependencyAwayException("builder " + config.name(), this::answers, e);
        }
        return e;
    }

    @Override
    public void close() throws IOException {
        layouts.values().forEach(Builder::delete);
        probe.close();
    }
}
