package io.forgefleet.runtime.projection;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a whole topic from its beginning and goes on reading it, on one thread of its own, outside every consumer
 * group. The handler runs on that thread, record by record in the order of each partition; a record whose handler
 * throws is skipped with an error in the log.
 *
 * <p>It knows how long it has been reading up to the topic's end without a break ({@link #currentSince}), since what a
 * reader has <em>not</em> seen counts only while it could have seen it. Thread-safe.
 */
public final class TopicReader implements AutoCloseable {

    /** Receives each record. */
    public interface Handler {
        void read(ConsumerRecord<String, byte[]> entry);
    }

    private static final Logger LOG = LoggerFactory.getLogger(TopicReader.class);
    private static final Duration MOST_POLL = Duration.ofMillis(500);
    private static final Duration BACKOFF = Duration.ofMillis(100);

    private final String topic;
    private final KafkaConsumer<String, byte[]> consumer;

    /** Asks for ends on a connection of its own: on the reader's it would stand behind a fetch that waits for records. */
    private final KafkaConsumer<String, byte[]> ends;

    private final Handler handler;
    private final Consumer<Map<TopicPartition, Long>> onStart;
    private final Duration checkEvery;
    private final boolean skipsHistory;
    private final Thread thread;
    private final Queue<CountDownLatch> waiting = new ArrayDeque<>();
    private final Map<TopicPartition, Long> positions = new HashMap<>();
    private boolean current;
    private long currentSince;
    private long lastCurrent;
    private volatile boolean closed;

    /**
     * Starts reading.
     *
     * @param consumerSettings settings of a consumer without a group, which begins at the earliest record
     * @param topic name of an existing topic
     * @param checkEvery how often the end of the topic is asked for; a check later than three times this is a break
     * @param onStart told the first offset of each partition before the first record
     */
    public TopicReader(
            Map<String, Object> consumerSettings,
            String topic,
            Duration checkEvery,
            Consumer<Map<TopicPartition, Long>> onStart,
            Handler handler) {
        this(consumerSettings, topic, checkEvery, onStart, handler, false);
    }

    private TopicReader(
            Map<String, Object> consumerSettings,
            String topic,
            Duration checkEvery,
            Consumer<Map<TopicPartition, Long>> onStart,
            Handler handler,
            boolean skipsHistory) {
        this.skipsHistory = skipsHistory;
        this.topic = topic;
        this.handler = handler;
        this.onStart = onStart;
        this.checkEvery = checkEvery;
        int timeout = (int) Math.max(1000, checkEvery.toMillis() * 2);
        Map<String, Object> settings = new HashMap<>(consumerSettings);
        settings.put("default.api.timeout.ms", timeout);
        settings.put("request.timeout.ms", timeout);
        this.consumer = new KafkaConsumer<>(settings);
        this.ends = new KafkaConsumer<>(settings);
        this.thread = Thread.ofPlatform().name("read-" + topic).daemon().start(this::run);
    }

    /** A reader that does not care where the topic begins and checks its end every second. */
    public TopicReader(Map<String, Object> consumerSettings, String topic, Handler handler) {
        this(consumerSettings, topic, Duration.ofSeconds(1), starts -> {}, handler);
    }

    /** A reader of what is written from about now on. */
    public static TopicReader fromNowOn(Map<String, Object> consumerSettings, String topic, Handler handler) {
        return new TopicReader(consumerSettings, topic, Duration.ofSeconds(1), starts -> {}, handler, true);
    }

    /**
     * Waits until everything has been handled that was in the topic when this was called.
     *
     * @throws TimeoutException when that took longer, as it does while Kafka is away
     */
    public void catchUp(Duration atMost) throws InterruptedException, TimeoutException {
        CountDownLatch reached = new CountDownLatch(1);
        synchronized (waiting) {
            waiting.add(reached);
        }
        consumer.wakeup();
        if (!reached.await(atMost.toNanos(), TimeUnit.NANOSECONDS)) {
            synchronized (waiting) {
                waiting.remove(reached);
            }
            throw new TimeoutException("the end of " + topic + " was not reached within " + atMost);
        }
    }

    /**
     * Since when ({@link System#nanoTime}) this reader has been at the topic's end without a break; null while it is not.
     */
    public synchronized @Nullable Long currentSince() {
        return current && System.nanoTime() - lastCurrent <= 3 * checkEvery.toNanos() ? currentSince : null;
    }

    /** Waits until the record at this offset has been handled; true if it was within the time. */
    public synchronized boolean awaitRead(TopicPartition partition, long offset, Duration atMost)
            throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (positions.getOrDefault(partition, 0L) <= offset) {
            long left = deadline - System.nanoTime();
            if (left <= 0 || closed) {
                return false;
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
        return true;
    }

    private void run() {
        List<TopicPartition> partitions = List.of();
        long nextCheck = System.nanoTime();
        while (!closed) {
            try {
                if (partitions.isEmpty()) {
                    partitions = assign();
                }
                if (somebodyWaits() || System.nanoTime() - nextCheck >= 0) {
                    readToEnd(partitions);
                    nextCheck = System.nanoTime() + checkEvery.toNanos();
                }
                poll(Duration.ofNanos(Math.clamp(nextCheck - System.nanoTime(), 0, MOST_POLL.toNanos())));
            } catch (WakeupException e) {
                LOG.trace("woken to look at the end of {}", topic);
            } catch (KafkaException e) {
                broken(e);
            }
        }
        consumer.close();
        ends.close();
    }

    private List<TopicPartition> assign() {
        List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                .map(info -> new TopicPartition(topic, info.partition()))
                .toList();
        consumer.assign(partitions);
        ends.assign(partitions); // else the client warns at every question
        Map<TopicPartition, Long> starts =
                skipsHistory ? consumer.endOffsets(partitions) : consumer.beginningOffsets(partitions);
        starts.forEach(consumer::seek);
        onStart.accept(starts);
        return partitions;
    }

    /** Asks where the end is, reads up to it, and only then calls itself current and lets the waiting go on. */
    private void readToEnd(Collection<TopicPartition> partitions) {
        List<CountDownLatch> asking;
        synchronized (waiting) {
            asking = List.copyOf(waiting);
        }
        Map<TopicPartition, Long> targets = ends.endOffsets(partitions);
        long progress = System.nanoTime();
        while (!closed
                && targets.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
            if (poll(BACKOFF)) {
                progress = System.nanoTime();
            } else if (System.nanoTime() - progress > 2 * checkEvery.toNanos()) {
                throw new org.apache.kafka.common.errors.TimeoutException("no records before the end " + targets);
            }
        }
        nowCurrent();
        synchronized (waiting) {
            waiting.removeAll(asking);
        }
        asking.forEach(CountDownLatch::countDown);
    }

    private boolean poll(Duration atMost) {
        ConsumerRecords<String, byte[]> entries = consumer.poll(atMost);
        for (ConsumerRecord<String, byte[]> entry : entries) {
            handle(entry);
            synchronized (this) {
                positions.put(new TopicPartition(topic, entry.partition()), entry.offset() + 1);
                notifyAll();
            }
        }
        return !entries.isEmpty();
    }

    private void handle(ConsumerRecord<String, byte[]> entry) {
        try {
            handler.read(entry);
        } catch (RuntimeException e) {
            LOG.error(
                    "record {}-{}@{} could not be handled and is skipped", topic, entry.partition(), entry.offset(), e);
        }
    }

    private synchronized void nowCurrent() {
        long now = System.nanoTime();
        if (!current || now - lastCurrent > 3 * checkEvery.toNanos()) {
            current = true;
            currentSince = now;
        }
        lastCurrent = now;
    }

    private void broken(KafkaException e) {
        synchronized (this) {
            if (current) {
                LOG.warn("{} cannot be read now, trying again: {}", topic, e.toString());
            }
            current = false;
        }
        try {
            Thread.sleep(BACKOFF);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            closed = true;
        }
    }

    private boolean somebodyWaits() {
        synchronized (waiting) {
            return !waiting.isEmpty();
        }
    }

    @Override
    public void close() {
        closed = true;
        consumer.wakeup();
        try {
            thread.join(Duration.ofSeconds(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
