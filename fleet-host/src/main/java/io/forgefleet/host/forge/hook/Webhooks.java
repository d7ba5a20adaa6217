package io.forgefleet.host.forge.hook;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends webhooks beside the work that caused them: 5 s for each, never tried again, not in order, as the real forge does
 * it. At most 1,000 wait; more are dropped and recorded as such. Safe for use by many threads.
 */
public final class Webhooks implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Webhooks.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final int SENDERS = 4;
    private static final int MAX_WAITING = 1_000;
    private static final int MAX_RECORDED = 500;
    private static final int MAX_OUTCOME = 1_000;

    private final Map<String, List<Target>> targets = new ConcurrentHashMap<>();
    private final BlockingQueue<Outgoing> waiting = new ArrayBlockingQueue<>(MAX_WAITING);
    private final Deque<Delivery> recorded = new ArrayDeque<>();
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(TIMEOUT)
            .build();
    private final List<Thread> senders = IntStream.range(0, SENDERS)
            .mapToObj(i -> Thread.ofVirtual().name("webhook-sender-" + i).start(this::send))
            .toList();

    private record Target(URI url, String secret) {
        @Override
        public String toString() {
            return url.toString();
        }
    }

    private record Outgoing(String id, String repository, String event, String type, Target target, String payload) {

        Delivery recorded(Instant sentAt, Duration took, int status, String outcome) {
            return new Delivery(
                    id,
                    repository,
                    event,
                    type,
                    target.url(),
                    payload,
                    sentAt,
                    took,
                    status,
                    outcome.substring(0, Math.min(outcome.length(), MAX_OUTCOME)));
        }
    }

    /** Sends all that happens in a repository to this address, signed with this secret. */
    public void add(String repository, URI url, String secret) {
        if (secret.isEmpty()) {
            throw new IllegalArgumentException("the webhook to " + url + " needs a secret");
        }
        targets.computeIfAbsent(repository, name -> new CopyOnWriteArrayList<>())
                .add(new Target(url, secret));
    }

    /** Queues one event for all that asked for the repository; never blocks. */
    public void send(String repository, String event, String type, String payload) {
        for (Target target : targets.getOrDefault(repository, List.of())) {
            Outgoing outgoing = new Outgoing(UUID.randomUUID().toString(), repository, event, type, target, payload);
            if (!waiting.offer(outgoing)) {
                LOG.warn("webhook {} of {} dropped, {} wait already", type, repository, MAX_WAITING);
                record(outgoing.recorded(Instant.now(), Duration.ZERO, 0, "dropped: too many waited"));
            }
        }
    }

    /** The newest 500 at most, oldest first. */
    public List<Delivery> deliveries() {
        synchronized (recorded) {
            return List.copyOf(recorded);
        }
    }

    private void send() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                Outgoing next = waiting.take();
                record(deliver(next));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // closed
        }
    }

    private Delivery deliver(Outgoing outgoing) throws InterruptedException {
        byte[] body = outgoing.payload().getBytes(StandardCharsets.UTF_8);
        HttpRequest.Builder request = HttpRequest.newBuilder(outgoing.target().url())
                .timeout(TIMEOUT)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body));
        Signature.headers(
                        outgoing.id(),
                        outgoing.event(),
                        outgoing.type(),
                        outgoing.target().secret(),
                        body)
                .forEach(request::header);
        Instant sentAt = Instant.now();
        long begun = System.nanoTime();
        try {
            HttpResponse<String> answer = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
            return outgoing.recorded(
                    sentAt, Duration.ofNanos(System.nanoTime() - begun), answer.statusCode(), answer.body());
        } catch (IOException e) {
            LOG.warn("webhook {} to {} failed: {}", outgoing.type(), outgoing.target(), e.toString());
            return outgoing.recorded(sentAt, Duration.ofNanos(System.nanoTime() - begun), 0, e.toString());
        }
    }

    private void record(Delivery delivery) {
        synchronized (recorded) {
            if (recorded.size() == MAX_RECORDED) {
                recorded.removeFirst();
            }
            recorded.addLast(delivery);
        }
    }

    /** Stops sending; what waits is dropped. */
    @Override
    public void close() {
        senders.forEach(Thread::interrupt);
        http.shutdownNow();
    }
}
