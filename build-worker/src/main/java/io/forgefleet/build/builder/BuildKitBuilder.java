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
import io.forgefleet.clients.tool.Folders;
import io.forgefleet.events.image.Digest;
import io.forgefleet.runtime.config.BuilderConfig;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Builds on a BuildKit daemon of its own. With credentials it pushes by digest, without a tag; a build that must not have any, or
 * that has to be at hand, comes back as a folder, and the worker uploads it.
 */
final class BuildKitBuilder extends Builder {

    private static final Logger LOG = LoggerFactory.getLogger(BuildKitBuilder.class);
    private static final int PROBE_MILLIS = 3000;

    private final Buildx buildx;
    private final Map<Digest, Path> layouts = new ConcurrentHashMap<>();

    /** @param scratch a folder for images on their way */
    BuildKitBuilder(BuilderConfig config, boolean alone, Path scratch, Map<String, String> environment) {
        super(config, alone, scratch);
        this.buildx = Buildx.ofBuildKit(config.endpoint().toString(), config.tls(), environment);
    }

    @Override
    boolean answers() {
        boolean unix = "unix".equals(config().endpoint().getScheme());
        SocketAddress address = unix
                ? UnixDomainSocketAddress.of(config().endpoint().getPath())
                : new InetSocketAddress(
                        config().endpoint().getHost(), config().endpoint().getPort());
        try (SocketChannel channel = unix ? SocketChannel.open(StandardProtocolFamily.UNIX) : SocketChannel.open()) {
            if (unix) {
                return channel.connect(address);
            }
            channel.socket().connect(address, PROBE_MILLIS);
            return true;
        } catch (IOException | RuntimeException e) {
            LOG.debug("builder {}: {}", config().name(), e.toString());
            return false;
        }
    }

    @Override
    BuildResult run(BuildRequest request, boolean atHand, Consumer<BuildEvent> listener)
            throws IOException, ClientException, InterruptedException {
        if (request.product() != BuildRequest.Product.STORED) {
            return buildx.build(request, listener);
        }
        if (request.credentials() && !atHand) {
            return buildx.build(request.making(BuildRequest.Product.PUSHED_BY_DIGEST, null), listener);
        }
        Path folder = scratch("image");
        Map<String, Digest> digests = new HashMap<>();
        try {
            BuildResult result = buildx.build(request.making(BuildRequest.Product.LAYOUTS, folder), listener);
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

    @Override
    Digest pushed(Product image, Consumer<String> progress) throws IOException, ClientException, InterruptedException {
        Path folder = layouts.get(image.digest());
        if (folder != null) {
            progress.accept("uploading " + image.reference() + "@" + image.digest());
            OciLayout layout = new OciLayout(folder, image.digest());
            new ImageTransfer(image.registry(), image.repository()).upload(image.digest(), layout::blob);
        }
        image.registry().tag(image.repository(), image.digest(), image.tag());
        return image.digest();
    }

    @Override
    boolean holds(Product image) throws ClientException, InterruptedException {
        return layouts.containsKey(image.digest())
                || image.registry()
                        .digest(image.repository(), image.digest().value())
                        .isPresent();
    }

    @Override
    void remove(Product image) {
        Path folder = layouts.remove(image.digest());
        if (folder != null) {
            delete(folder);
        }
    }

    @Override
    boolean exported(Product image, OutputStream into) throws IOException, ClientException {
        Path folder = layouts.get(image.digest());
        if (folder == null) {
            return false;
        }
        ImageArchive.write(image.digest(), new OciLayout(folder, image.digest())::blob, image.tagged(), into);
        return true;
    }

    /** What is in the worker's folder gets its tag as it is pushed. */
    @Override
    public boolean stages(Product image) {
        return !layouts.containsKey(image.digest());
    }

    @Override
    public void close() {
        layouts.values().forEach(BuildKitBuilder::delete);
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
}
