package io.forgefleet.clients.engine;

import com.github.dockerjava.core.LocalDirectorySSLConfig;
import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.ClientException.Kind;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Unix socket behind which is the BuildKit within a Docker engine, as if it were a daemon of its own. Each connection
 * becomes one to the engine's {@code POST /grpc} (Docker Engine API, upgraded to {@code h2c}). Thread-safe.
 */
final class BuildKitSocket implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(BuildKitSocket.class);

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int MOST_CONNECTIONS = 64;
    private static final int CHUNK = 1 << 16;
    private static final int LONGEST_ANSWER = 8192;
    private static final byte[] UPGRADE =
            "POST /grpc HTTP/1.1\r\nHost: docker\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII);

    /** One connection. */
    private record Wire(ReadableByteChannel in, WritableByteChannel out, Closeable end) implements Closeable {

        static Wire of(SocketChannel channel) {
            return new Wire(channel, channel, channel);
        }

        @Override
        public void close() throws IOException {
            end.close();
        }
    }

    private final URI engine;
    private final @Nullable Path tls;
    private final Path path;
    private final ServerSocketChannel server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Semaphore free = new Semaphore(MOST_CONNECTIONS);
    private final Set<Wire> wires = ConcurrentHashMap.newKeySet();
    private final ConcurrentLinkedQueue<Wire> dialled = new ConcurrentLinkedQueue<>();

    private BuildKitSocket(URI engine, @Nullable Path tls, Path path) throws IOException {
        this.engine = engine;
        this.tls = tls;
        this.path = path;
        this.server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    }

    /**
     * Opens one.
     *
     * @param path of the socket, in a folder that only this user may enter
     * @param engine {@code unix:///path} or {@code tcp://host:port}
     * @param tls folder with {@code ca.pem}, {@code cert.pem} and {@code key.pem} for an engine that wants them; else null
     * @throws ClientException when the engine does not answer, or not as engines do
     */
    static BuildKitSocket open(Path path, URI engine, @Nullable Path tls)
            throws IOException, ClientException, InterruptedException {
        BuildKitSocket socket = new BuildKitSocket(engine, tls, path);
        try {
            socket.server.bind(UnixDomainSocketAddress.of(path));
            socket.dialFirst();
            socket.threads.execute(socket::serve);
            return socket;
        } catch (IOException | ClientException | InterruptedException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    URI endpoint() {
        return URI.create("unix://" + path);
    }

    /** The docker command would wait for an engine that is away, and say less about it. */
    private void dialFirst() throws ClientException, InterruptedException {
        Future<Wire> first = threads.submit(this::dial);
        try {
            dialled.add(first.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS));
        } catch (ExecutionException e) {
            throw away(String.valueOf(e.getCause() == null ? e : e.getCause().getMessage()), e);
        } catch (TimeoutException e) {
            throw away("no answer within " + PATIENCE.toSeconds() + " s", e);
        } finally {
            first.cancel(true);
        }
    }

    private ClientException away(String why, Exception cause) {
        return new ClientException(
                Kind.BROKEN, "could not reach the BuildKit of the engine at " + engine + ": " + why, cause);
    }

    private void serve() {
        try {
            while (true) {
                Wire client = Wire.of(server.accept());
                wires.add(client);
                threads.execute(() -> connect(client));
            }
        } catch (IOException e) {
            LOG.debug("{} takes no more: {}", path, e.toString()); // closed, as it ends
        }
    }

    private void connect(Wire client) {
        if (!free.tryAcquire()) {
            LOG.warn("{} has {} connections and takes no more", path, MOST_CONNECTIONS);
            end(client);
            return;
        }
        try {
            Wire first = dialled.poll();
            Wire there = first == null ? dial() : first;
            Future<?> back = threads.submit(() -> pump(there, client));
            pump(client, there);
            back.get();
        } catch (IOException | ExecutionException e) {
            LOG.debug("a connection to {} ended: {}", engine, e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            end(client);
            free.release();
        }
    }

    /** Until one side ends; then the other has nothing to say either. */
    private void pump(Wire from, Wire to) {
        ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK);
        try {
            while (from.in().read(chunk) >= 0) {
                chunk.flip();
                while (chunk.hasRemaining()) {
                    to.out().write(chunk);
                }
                chunk.clear();
            }
        } catch (IOException e) {
            LOG.debug("a connection to {} ended: {}", engine, e.toString());
        } finally {
            end(from);
            end(to);
        }
    }

    private Wire dial() throws IOException {
        Wire wire = connected();
        wires.add(wire);
        try {
            ByteBuffer request = ByteBuffer.wrap(UPGRADE);
            while (request.hasRemaining()) {
                wire.out().write(request);
            }
            String answer = answer(wire.in());
            if (!answer.startsWith("HTTP/1.1 101 ")) {
                throw new IOException("it does not speak gRPC but answers: "
                        + answer.lines().findFirst().orElse("nothing"));
            }
            return wire;
        } catch (IOException | RuntimeException e) {
            end(wire);
            throw e;
        }
    }

    private Wire connected() throws IOException {
        if ("unix".equals(engine.getScheme())) {
            return Wire.of(SocketChannel.open(UnixDomainSocketAddress.of(engine.getPath())));
        }
        Socket plain = new Socket();
        try {
            plain.connect(new InetSocketAddress(engine.getHost(), engine.getPort()), (int) PATIENCE.toMillis());
            Socket socket = tls == null ? plain : secured(plain, tls);
            return new Wire(
                    Channels.newChannel(socket.getInputStream()),
                    Channels.newChannel(socket.getOutputStream()),
                    socket);
        } catch (IOException | RuntimeException e) {
            plain.close();
            throw e;
        }
    }

    private Socket secured(Socket plain, Path folder) throws IOException {
        return new LocalDirectorySSLConfig(folder.toString())
                .getSSLContext()
                .getSocketFactory()
                .createSocket(plain, engine.getHost(), engine.getPort(), true);
    }

    /** Its head and not a byte more: what follows is BuildKit's. */
    private static String answer(ReadableByteChannel in) throws IOException {
        StringBuilder head = new StringBuilder();
        ByteBuffer one = ByteBuffer.allocate(1);
        while (head.indexOf("\r\n\r\n") < 0 && head.length() < LONGEST_ANSWER && in.read(one.clear()) > 0) {
            head.append((char) (one.get(0) & 0xff));
        }
        return head.toString();
    }

    private void end(Wire wire) {
        wires.remove(wire);
        try {
            wire.close();
        } catch (IOException e) {
            LOG.debug("a connection to {} did not close: {}", engine, e.toString());
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        wires.forEach(this::end);
        threads.shutdownNow();
    }
}
