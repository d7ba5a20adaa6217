package io.forgefleet.benchmarks.intake;

import io.forgefleet.benchmarks.measure.Samples;
import java.io.IOException;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Sends webhooks to one receiver over 64 connections. For one thread. */
final class Load implements AutoCloseable {

    private static final int CONNECTIONS = 64;
    private static final long LONGEST_ANSWER = TimeUnit.SECONDS.toNanos(20);
    private static final AtomicLong DELIVERIES = new AtomicLong(1);

    /**
     * What came of it.
     *
     * @param perSecond answers of 2xx within the time
     * @param accepted answers of 2xx in all
     * @param others answers of anything else
     * @param millis from when a request was due to its whole answer
     */
    record Result(double perSecond, long accepted, long others, Samples millis) {}

    private final Receiver receiver;
    private final Selector selector;
    private final List<Connection> connections = new ArrayList<>();
    private final ArrayDeque<Connection> idle = new ArrayDeque<>();
    private final List<Double> millis = new ArrayList<>();
    private long accepted;
    private long acceptedInTime;
    private long others;

    Load(Receiver receiver) throws IOException {
        this.receiver = receiver;
        this.selector = Selector.open();
        byte[] body = SignedPush.body();
        String signature = SignedPush.signature(body);
        for (int i = 0; i < CONNECTIONS; i++) {
            connections.add(new Connection(receiver, selector, body, signature));
        }
        idle.addAll(connections);
    }

    /** Each connection sends its next request as soon as it has its answer: as fast as the receiver can. */
    Result closedLoop(Duration time) throws IOException {
        begin();
        long end = System.nanoTime() + time.toNanos();
        while (true) {
            long now = System.nanoTime();
            while (now < end && !idle.isEmpty()) {
                idle.remove().send(DELIVERIES.getAndIncrement(), now);
            }
            if (idle.size() == connections.size()) {
                return result(time);
            }
            await(end, 50);
        }
    }

    /**
     * Requests are due at a fixed rate whatever the answers do. What waits for a free connection has waited since it was
     * due: a receiver that stands still for a while is not let off what would have come meanwhile.
     */
    Result openLoop(double perSecond, Duration time) throws IOException {
        begin();
        long start = System.nanoTime();
        long end = start + time.toNanos();
        long all = (long) (perSecond * time.toMillis() / 1000);
        long sent = 0;
        while (sent < all || idle.size() < connections.size()) {
            long now = System.nanoTime();
            while (sent < all && !idle.isEmpty()) {
                long due = start + (long) (sent * 1e9 / perSecond);
                if (due > now) {
                    break;
                }
                idle.remove().send(DELIVERIES.getAndIncrement(), due);
                sent++;
            }
            await(end, 1);
        }
        return result(time);
    }

    private void begin() {
        millis.clear();
        accepted = 0;
        acceptedInTime = 0;
        others = 0;
    }

    private void await(long end, long atMostMillis) throws IOException {
        long before = System.nanoTime();
        if (before > end + LONGEST_ANSWER) {
            throw new IOException(receiver.name() + " owes " + (connections.size() - idle.size()) + " answers");
        }
        selector.select(
                key -> {
                    if (key.attachment() instanceof Connection connection) {
                        proceed(connection, end);
                    }
                },
                atMostMillis);
    }

    private void proceed(Connection connection, long end) {
        int status;
        try {
            status = connection.proceed();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        if (status == 0) {
            return;
        }
        long now = System.nanoTime();
        millis.add((now - connection.due()) / 1e6);
        idle.add(connection);
        if (status / 100 != 2) {
            others++;
            return;
        }
        accepted++;
        if (now <= end) {
            acceptedInTime++;
        }
    }

    private Result result(Duration time) {
        return new Result(acceptedInTime * 1000.0 / time.toMillis(), accepted, others, Samples.of(millis));
    }

    @Override
    public void close() throws IOException {
        for (Connection connection : connections) {
            connection.close();
        }
        selector.close();
    }
}
