package io.forgefleet.runtime.queue;

import io.forgefleet.runtime.topic.ShareGroup;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Room for one running job: one share consumer on one thread, which takes a record, has it handled on a virtual thread,
 * and renews its lease meanwhile. With more than one record per consumer nothing new would be fetched while one is
 * renewed, and slots would stand empty behind the longest job.
 */
final class Slot implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(Slot.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration REOPEN = Duration.ofSeconds(1);

    private final Map<String, Object> settings;
    private final Collection<String> topics;
    private final ShareGroup group;
    private final Gate gate;
    private final DeliveryHandler handler;
    private volatile boolean stopping;
    private volatile boolean busy;

    Slot(
            Map<String, Object> settings,
            Collection<String> topics,
            ShareGroup group,
            Gate gate,
            DeliveryHandler handler) {
        this.settings = settings;
        this.topics = topics;
        this.group = group;
        this.gate = gate;
        this.handler = handler;
    }

    /** Takes no further record. */
    void stop() {
        stopping = true;
    }

    boolean isBusy() {
        return busy;
    }

    @Override
    public void run() {
        while (!stopping) {
            try (KafkaShareConsumer<String, byte[]> consumer = new KafkaShareConsumer<>(settings)) {
                consumer.subscribe(topics);
                boolean usable = true;
                while (usable && !stopping) {
                    usable = !gate.awaitOpen(POLL) || takeOne(consumer);
                }
            } catch (InterruptException | InterruptedException e) {
                return;
            } catch (KafkaException e) {
                LOG.warn("no work can be taken from Kafka now, trying again: {}", e.toString());
                pause();
            }
        }
    }

    /** False when a lease was lost: what the client still believes to hold goes with the client. */
    private boolean takeOne(KafkaShareConsumer<String, byte[]> consumer) throws InterruptedException {
        for (ConsumerRecord<String, byte[]> content : consumer.poll(POLL)) {
            busy = true;
            try {
                if (!handle(new Lease(consumer, content), content)) {
                    return false;
                }
            } finally {
                busy = false;
            }
        }
        return true;
    }

    private boolean handle(Lease lease, ConsumerRecord<String, byte[]> content) throws InterruptedException {
        Delivery delivery = Delivery.of(content);
        long renewal = group.lockDuration().dividedBy(3).toNanos();
        CompletableFuture<Disposition> done = new CompletableFuture<>();
        Thread.ofVirtual().name("job-" + delivery.ref()).start(() -> {
            try {
                done.complete(handler.handle(delivery));
            } catch (InterruptedException | RuntimeException | Error e) {
                done.completeExceptionally(e);
            }
        });
        while (true) {
            try {
                Disposition disposition = done.get(renewal, TimeUnit.NANOSECONDS);
                boolean held = lease.isHeld();
                lease.end(disposition);
                return held;
            } catch (TimeoutException e) {
                lease.renew();
            } catch (ExecutionException e) {
                LOG.error("{} could not be handled and is handed back", delivery.ref(), e.getCause());
                boolean held = lease.isHeld();
                lease.end(Disposition.RELEASE);
                return held;
            }
        }
    }

    private void pause() {
        try {
            Thread.sleep(REOPEN);
        } catch (InterruptedException e) {
            stopping = true;
        }
    }
}
