package io.forgefleet.host.engine;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Asks an engine whether it is ready. */
final class EngineProbe {

    private static final long PATIENCE_MILLIS = 1_000;
    private static final String REQUEST = "GET /_ping HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n\r\n";

    private EngineProbe() {}

    /** The socket takes connections before the engine answers on them, so that the answer alone counts. */
    static boolean answers(Path socket) {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
                Selector selector = Selector.open()) {
            channel.write(ByteBuffer.wrap(REQUEST.getBytes(StandardCharsets.US_ASCII)));
            channel.configureBlocking(false).register(selector, SelectionKey.OP_READ);
            if (selector.select(PATIENCE_MILLIS) == 0) {
                return false;
            }
            ByteBuffer answer = ByteBuffer.allocate(64);
            channel.read(answer);
            return new String(answer.array(), 0, answer.position(), StandardCharsets.US_ASCII)
                    .startsWith("HTTP/1.1 200");
        } catch (IOException e) {
            return false; // not yet
        }
    }
}
