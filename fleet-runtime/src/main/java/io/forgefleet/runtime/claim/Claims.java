package io.forgefleet.runtime.claim;

import io.forgefleet.events.wire.Json;
import io.forgefleet.events.wire.MalformedRecordException;
import io.forgefleet.runtime.claim.ClaimSession.Decision;
import io.forgefleet.runtime.claim.ClaimTable.Entry;
import io.forgefleet.runtime.projection.TopicReader;
import io.forgefleet.runtime.topic.KafkaSettings;
import io.forgefleet.runtime.topic.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All claims of one process: one reader of the log, one producer, one thread that renews. The protocol itself is
 * {@link ClaimTable} and {@link ClaimSession}; this class gives them Kafka, threads and a clock. Thread-safe.
 */
public final class Claims implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Claims.class);
    private static final Duration RETRY = Duration.ofMillis(200);
    private static final int MOST_SEEN = 100_000;

    private final ClaimTiming timing;
    private final TopicPartition log;
    private final KafkaProducer<String, byte[]> producer;
    private final TopicReader reader;
    private final Thread renewer;
    private final String process = UUID.randomUUID().toString();
    private final AtomicLong contenders = new AtomicLong();

    /** Guards the table, all sessions and the maps below; notified at each valid record. */
    private final Object monitor = new Object();

    private final Map<String, List<Claim>> contending = new HashMap<>();
    private final Map<Claim, Long> renewAt = new HashMap<>();
    private final Map<String, Long> seenAt = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
            return size() > MOST_SEEN;
        }
    };
    private ClaimTable table = new ClaimTable(0);
    private volatile boolean closed;

    /** Starts reading the log; claims can be asked for at once. */
    public Claims(KafkaSettings kafka, ClaimTiming timing) {
        this.timing = timing;
        this.log = new TopicPartition(kafka.topic(Topic.CLAIMS), 0);
        this.producer = new KafkaProducer<>(kafka.producer());
        this.reader = new TopicReader(
                kafka.consumer(),
                log.topic(),
                timing.validity().dividedBy(15),
                starts -> begin(starts.getOrDefault(log, 0L)),
                this::read);
        this.renewer = Thread.ofPlatform().name("renew-claims").daemon().start(this::renewAll);
    }

    /**
     * Asks for a key, and waits while a former owner who worked on the same record may still act, and while Kafka is
     * away.
     *
     * @param job the record that is worked on
     * @throws InterruptedException when the waiting thread is interrupted; what was sent until then may make the key
     *     wait for one validity
     */
    public Acquisition acquire(String key, RecordRef job) throws InterruptedException {
        String owner = process + "/" + contenders.incrementAndGet();
        Claim claim = new Claim(this, key, job, new ClaimSession(owner, job, timing));
        synchronized (monitor) {
            contending.computeIfAbsent(key, k -> new ArrayList<>()).add(claim);
        }
        boolean held = false;
        try {
            while (true) {
                switch (await(claim)) {
                    case null -> {
                        held = true;
                        return new Acquisition.Held(claim);
                    }
                    case Decision.Elsewhere elsewhere -> {
                        return new Acquisition.Elsewhere(
                                elsewhere.owner().content().job());
                    }
                    case Decision.Send send -> appendAndRead(key, send.claim());
                    case Decision.Wait wait -> throw new IllegalStateException("waited for already: " + wait);
                }
            }
        } finally {
            if (!held) {
                forget(claim);
            }
        }
    }

    /** Whether nobody has this key, as far as this process has read. */
    public boolean isFree(String key) {
        synchronized (monitor) {
            Entry newest = table.newest(key);
            return newest == null || newest.isFree();
        }
    }

    /**
     * Whether nobody has claimed, renewed or released this key for so long, while its log was read all the time: whoever had it acts
     * no more, if that is one validity or longer.
     */
    public boolean isQuiet(String key, Duration atLeast) {
        Long current = reader.currentSince();
        if (current == null) {
            return false;
        }
        synchronized (monitor) {
            Long seen = seenAt.get(key);
            long since = seen == null || seen - current < 0 ? current : seen;
            return System.nanoTime() - since >= atLeast.toNanos();
        }
    }

    /** Whether nobody has this key, or somebody who acts no more. */
    public boolean isVacant(String key) {
        return isFree(key) || isQuiet(key, timing.validity());
    }

    /** Waits until a key is {@link #isVacant}; false when somebody still has it after that time. */
    public boolean awaitFree(String key, Duration atMost) throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        synchronized (monitor) {
            while (!isVacant(key)) {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    return false;
                }
                TimeUnit.NANOSECONDS.timedWait(
                        monitor, Math.min(left, timing.renewal().toNanos()));
            }
            return true;
        }
    }

    /** Since when the log has been read to its end without a break ({@link System#nanoTime}); null while it is not. */
    public @Nullable Long currentSince() {
        return reader.currentSince();
    }

    /** Waits until there is something to do other than to wait; null when the claim is held. */
    private @Nullable Decision await(Claim claim) throws InterruptedException {
        synchronized (monitor) {
            while (true) {
                long now = System.nanoTime();
                if (claim.session.isOwner()) {
                    renewAt.put(claim, now + timing.renewal().toNanos());
                    monitor.notifyAll();
                    return null;
                }
                Decision decision = claim.session.decide(
                        now, table.newest(claim.key()), seenAt.get(claim.key()), reader.currentSince());
                if (!(decision instanceof Decision.Wait wait)) {
                    return decision;
                }
                // Currency can come and go without a record, so it is looked at again after a while.
                long nanos = Math.clamp(wait.until() - now, 1, timing.renewal().toNanos());
                TimeUnit.NANOSECONDS.timedWait(monitor, nanos);
            }
        }
    }

    void ensureHeld(Claim claim) throws ClaimLostException, InterruptedException {
        long asked = System.nanoTime();
        while (true) {
            ClaimRecord renewal;
            synchronized (monitor) {
                renewal = claim.session.renewal(System.nanoTime(), table.newest(claim.key()));
            }
            if (renewal == null) {
                throw new ClaimLostException(claim.key(), claim.session.epoch());
            }
            appendAndRead(claim.key(), renewal);
            synchronized (monitor) {
                if (claim.session.mayActConfirmedSince(asked, System.nanoTime())) {
                    return;
                }
            }
        }
    }

    void release(Claim claim) {
        ClaimRecord release;
        synchronized (monitor) {
            release = claim.session.release(System.nanoTime(), table.newest(claim.key()));
        }
        forget(claim);
        if (release != null) {
            send(claim.key(), release, () -> {});
        }
    }

    void runIfLost(Claim claim) {
        boolean lost;
        synchronized (monitor) {
            lost = claim.session.isOver()
                    && !contending.getOrDefault(claim.key(), List.of()).contains(claim);
        }
        if (lost) {
            claim.lost();
        }
    }

    long epoch(Claim claim) {
        synchronized (monitor) {
            return claim.session.epoch();
        }
    }

    private void begin(long logStart) {
        synchronized (monitor) {
            table = new ClaimTable(logStart);
        }
    }

    private void read(ConsumerRecord<String, byte[]> entry) {
        ClaimRecord content;
        try {
            content = Json.read(entry.value(), ClaimRecord.class);
        } catch (MalformedRecordException e) {
            LOG.error("claim log, offset {}: {}; everybody skips it", entry.offset(), e.getMessage());
            return;
        }
        String key = entry.key();
        List<Claim> lost = new ArrayList<>();
        synchronized (monitor) {
            Entry valid = table.apply(key, entry.offset(), entry.timestamp(), content);
            if (valid == null) {
                return;
            }
            seenAt.put(key, System.nanoTime());
            for (Claim claim : contending.getOrDefault(key, List.of())) {
                claim.session.observed(valid);
                if (claim.session.isOver()) {
                    lost.add(claim);
                }
            }
            lost.forEach(this::forget);
            monitor.notifyAll();
        }
        for (Claim claim : lost) {
            LOG.warn("claim {} on {} is lost to another worker", claim.session.epoch(), key);
            claim.lost();
        }
    }

    private void forget(Claim claim) {
        synchronized (monitor) {
            renewAt.remove(claim);
            contending.computeIfPresent(claim.key(), (key, claims) -> {
                claims.remove(claim);
                return claims.isEmpty() ? null : claims;
            });
        }
    }

    private void renewAll() {
        while (!closed) {
            List<Claim> due = new ArrayList<>();
            synchronized (monitor) {
                long now = System.nanoTime();
                long next = now + timing.renewal().toNanos();
                for (Map.Entry<Claim, Long> each : renewAt.entrySet()) {
                    if (each.getValue() - now <= 0) {
                        due.add(each.getKey());
                        each.setValue(now + timing.renewal().toNanos());
                    }
                    next = Math.min(next, each.getValue());
                }
                if (due.isEmpty()) {
                    try {
                        TimeUnit.NANOSECONDS.timedWait(monitor, Math.max(1, next - now));
                    } catch (InterruptedException e) {
                        return;
                    }
                }
            }
            due.forEach(this::renew);
        }
    }

    private void renew(Claim claim) {
        ClaimRecord renewal;
        synchronized (monitor) {
            renewal = claim.session.renewal(System.nanoTime(), table.newest(claim.key()));
        }
        if (renewal != null) {
            send(claim.key(), renewal, () -> {
                synchronized (monitor) {
                    renewAt.replace(claim, System.nanoTime() + RETRY.toNanos());
                }
            });
        }
    }

    private void send(String key, ClaimRecord content, Runnable onFailure) {
        try {
            var unused = producer.send(encode(key, content), (sent, failure) -> {
                if (failure != null) {
                    LOG.debug("{} of {} could not be sent: {}", content.type(), key, failure.toString());
                    onFailure.run();
                }
            });
        } catch (KafkaException e) {
            LOG.debug("{} of {} could not be sent: {}", content.type(), key, e.toString());
            onFailure.run();
        }
    }

    /** Sends and waits until the record was read back; where that fails, waits a little, so that callers can loop. */
    private void appendAndRead(String key, ClaimRecord content) throws InterruptedException {
        try {
            long offset = producer.send(encode(key, content)).get().offset();
            if (reader.awaitRead(log, offset, timing.validity())) {
                return;
            }
        } catch (ExecutionException | KafkaException e) {
            LOG.debug("{} of {} could not be sent, trying again: {}", content.type(), key, e.toString());
        }
        Thread.sleep(RETRY);
    }

    private ProducerRecord<String, byte[]> encode(String key, ClaimRecord content) {
        return new ProducerRecord<>(log.topic(), log.partition(), key, Json.write(content));
    }

    @Override
    public void close() {
        closed = true;
        renewer.interrupt();
        reader.close();
        producer.close(Duration.ofSeconds(3));
    }
}
