package io.forgefleet.benchmarks.intake;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * One keep-alive connection that sends the same request over and over, save for the delivery's id, and reads just as much
 * of the answers as it must: what the load costs is taken from those who are measured. For one thread.
 */
final class Connection {

    private static final String DELIVERY = "00000000-0000-4000-8000-";
    private static final int DIGITS = 12;
    private static final int MOST_ANSWER = 16 * 1024;
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private final Receiver receiver;
    private final SocketChannel channel;
    private final SelectionKey key;
    private final ByteBuffer request;
    private final int digitsAt;
    private final ByteBuffer answer = ByteBuffer.allocate(MOST_ANSWER);
    private long due;

    Connection(Receiver receiver, Selector selector, byte[] body, String signature) throws IOException {
        this.receiver = receiver;
        String before = "POST " + receiver.path() + " HTTP/1.1\r\nHost: 127.0.0.1:" + receiver.port() + "\r\n"
                + "User-Agent: GitHub-Hookshot/0000000\r\nAccept: */*\r\nContent-Type: application/json\r\n"
                + "X-GitHub-Event: push\r\n" + SignedPush.SIGNATURE_HEADER + ": " + signature + "\r\n"
                + "Content-Length: " + body.length + "\r\nX-GitHub-Delivery: " + DELIVERY;
        byte[] head = (before + "0".repeat(DIGITS) + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
        this.digitsAt = before.length();
        this.request = ByteBuffer.allocateDirect(head.length + body.length);
        request.put(head).put(body);
        this.channel = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), receiver.port()));
        channel.configureBlocking(false);
        channel.setOption(java.net.StandardSocketOptions.TCP_NODELAY, true);
        this.key = channel.register(selector, SelectionKey.OP_READ, this);
    }

    /**
     * Sends the next request.
     *
     * @param delivery distinguishes this request from all others
     * @param dueNanos when it was due by {@link System#nanoTime}, which may be in the past
     */
    void send(long delivery, long dueNanos) throws IOException {
        due = dueNanos;
        long rest = delivery;
        for (int i = DIGITS - 1; i >= 0; i--) {
            request.put(digitsAt + i, HEX[(int) (rest & 15)]);
            rest >>>= 4;
        }
        request.rewind();
        answer.clear();
        write();
    }

    /** When the request was due that is answered now. */
    long due() {
        return due;
    }

    /** Goes on with what the channel is ready for; the status of the answer once it is whole, 0 until then. */
    int proceed() throws IOException {
        if (key.isWritable()) {
            write();
        }
        if (!key.isReadable()) {
            return 0;
        }
        if (channel.read(answer) < 0 || !answer.hasRemaining()) {
            throw new IOException(receiver.name() + " closed a connection or sent over " + MOST_ANSWER + " bytes:\n"
                    + text(answer.position()));
        }
        return status();
    }

    private void write() throws IOException {
        channel.write(request);
        key.interestOps(request.hasRemaining() ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ);
    }

    private int status() throws IOException {
        int head = endOfHead();
        if (head < 0) {
            return 0;
        }
        String text = text(head).toLowerCase(Locale.ROOT);
        int status = Integer.parseInt(text.substring(9, 12));
        int length = 0;
        int at = text.indexOf("\r\ncontent-length:");
        if (at >= 0) {
            int end = text.indexOf("\r\n", at + 2);
            length = Integer.parseInt(text.substring(at + 17, end).strip());
        } else if (status != 204) {
            throw new IOException(receiver.name() + " gave an answer without a length:\n" + text);
        }
        return answer.position() >= head + length ? status : 0;
    }

    private int endOfHead() {
        for (int i = 3; i < answer.position(); i++) {
            if (answer.get(i) == '\n' && answer.get(i - 1) == '\r' && answer.get(i - 2) == '\n') {
                return i + 1;
            }
        }
        return -1;
    }

    private String text(int length) {
        return new String(answer.array(), 0, length, StandardCharsets.US_ASCII);
    }

    void close() throws IOException {
        channel.close();
    }
}
