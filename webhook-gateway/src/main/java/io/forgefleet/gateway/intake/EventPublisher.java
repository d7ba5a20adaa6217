package io.forgefleet.gateway.intake;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.cloudevents.kafka.KafkaMessageFactory;
import io.forgefleet.events.CommentEvent;
import io.forgefleet.events.EventId;
import io.forgefleet.events.ForgeEvent;
import io.forgefleet.events.PullRequestEvent;
import io.forgefleet.events.PushEvent;
import io.forgefleet.events.TagEvent;
import io.forgefleet.events.wire.EventCodec;
import io.forgefleet.runtime.topic.KafkaSettings;
import io.forgefleet.runtime.topic.Topic;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.kafka.client.producer.KafkaWriteStream;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Puts events on Kafka, each once as far as this gateway knows: events of one id that come while the first is on its way
 * share its fate. An event that did not become durable is forgotten, so that its next delivery is published. Thread-safe,
 * never blocks.
 */
public final class EventPublisher {

    private static final int MOST_REMEMBERED = 20_000;
    private static final Duration REMEMBERED = Duration.ofHours(1);
    private static final long LOOK_MILLIS = 50;

    /** Whether the event was published just now. */
    public enum Acceptance {
        PUBLISHED,
        /** It was on Kafka already, or another delivery of it has just been put there. */
        DUPLICATE
    }

    private final Vertx vertx;
    private final KafkaProducer<String, byte[]> client;
    private final KafkaWriteStream<String, byte[]> producer;
    private final KafkaSettings settings;
    private final AcceptedEvents known;
    private final IntakeLimits limits;
    private final AtomicInteger pending = new AtomicInteger();

    /** Answers in the order in which their time runs out. One look at them now and then is cheaper than a timer for each. */
    private final Queue<Awaited> awaited = new ConcurrentLinkedQueue<>();

    private final long overdueTimer;

    private record Awaited(Promise<Acceptance> answer, long deadline) {}

    /** Events on their way and those that arrived lately, until {@link #known} knows them; they end when Kafka has or refuses them. */
    private final Cache<EventId, Future<Void>> recent = Caffeine.newBuilder()
            .maximumSize(MOST_REMEMBERED)
            .expireAfterWrite(REMEMBERED)
            .executor(Runnable::run)
            .build();

    /**
     * A publisher with a producer of its own, to be {@linkplain #close closed}.
     *
     * @param known what other gateways accepted
     * @throws org.apache.kafka.common.KafkaException when the settings are not those of a Kafka client
     */
    public EventPublisher(Vertx vertx, KafkaSettings settings, AcceptedEvents known, IntakeLimits limits) {
        this.vertx = vertx;
        this.client = new KafkaProducer<>(settings.producer());
        this.producer = KafkaWriteStream.create(vertx, client);
        this.settings = settings;
        this.known = known;
        this.limits = limits;
        // each failure is told to whom it concerns
        producer.exceptionHandler(failure -> {});
        this.overdueTimer = vertx.setPeriodic(LOOK_MILLIS, any -> failOverdue());
    }

    /**
     * Publishes an event. The future succeeds once it is durable, and fails within {@link IntakeLimits#publishing} where it
     * is not known to be; then it may still become so. It may complete on any thread.
     */
    public Future<Acceptance> publish(ForgeEvent event) {
        EventId id = event.id();
        ProducerRecord<String, byte[]> record = record(event);
        Promise<Void> promise = Promise.promise();
        Future<Void> earlier = recent.asMap().putIfAbsent(id, promise.future());
        if (earlier != null) {
            return inTime(earlier, Acceptance.DUPLICATE);
        }
        if (known.contains(id)) {
            promise.complete();
            return Future.succeededFuture(Acceptance.DUPLICATE);
        }
        send(record).onComplete(sent -> {
            if (sent.succeeded()) {
                promise.complete();
            } else {
                recent.asMap().remove(id, promise.future());
                promise.fail(sent.cause());
            }
        });
        return inTime(promise.future(), Acceptance.PUBLISHED);
    }

    /** Kafka's client gives up in time by itself, but a send may wait behind others that do. */
    private Future<Acceptance> inTime(Future<Void> durable, Acceptance acceptance) {
        Promise<Acceptance> answer = Promise.promise();
        awaited.add(new Awaited(answer, System.nanoTime() + limits.publishing().toNanos()));
        durable.onComplete(end -> {
            if (end.succeeded()) {
                answer.tryComplete(acceptance);
            } else {
                answer.tryFail(end.cause());
            }
        });
        return answer.future();
    }

    private void failOverdue() {
        long now = System.nanoTime();
        Awaited oldest = awaited.peek();
        while (oldest != null && (oldest.answer().future().isComplete() || oldest.deadline() - now <= 0)) {
            awaited.remove();
            oldest.answer().tryFail(new TimeoutException("Kafka did not answer within " + limits.publishing()));
            oldest = awaited.peek();
        }
    }

    private Future<?> send(ProducerRecord<String, byte[]> record) {
        if (pending.incrementAndGet() > limits.pendingEvents()) {
            pending.decrementAndGet();
            return Future.failedFuture(new IllegalStateException("too many events are waiting for Kafka"));
        }
        return producer.send(record).onComplete(any -> pending.decrementAndGet());
    }

    private ProducerRecord<String, byte[]> record(ForgeEvent event) {
        String topic = settings.topic(topic(event));
        return KafkaMessageFactory.createWriter(topic, event.repository().toString())
                .writeBinary(EventCodec.encode(event));
    }

    private static Topic topic(ForgeEvent event) {
        return switch (event) {
            case PushEvent push -> Topic.PUSH;
            case TagEvent tag -> Topic.TAG;
            case PullRequestEvent pullRequest -> Topic.PULL_REQUEST;
            case CommentEvent comment -> Topic.PULL_REQUEST;
        };
    }

    /** How many events wait for Kafka. */
    public int pending() {
        return pending.get();
    }

    /**
     * Ends when everything that was sent has become durable or failed, or when that takes too long. The client is closed
     * past the stream, whose closing would wait behind sends that wait for Kafka.
     */
    public Future<Void> close() {
        vertx.cancelTimer(overdueTimer);
        return vertx.executeBlocking(
                () -> {
                    client.close(limits.publishing());
                    return null;
                },
                false);
    }
}
