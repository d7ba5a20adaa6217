package io.forgefleet.cleanup.ledger;

import io.forgefleet.events.wire.Json;
import io.forgefleet.events.wire.MalformedRecordException;
import io.forgefleet.runtime.topic.KafkaSettings;
import io.forgefleet.runtime.topic.Topic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartition;

/**
 * Notices that Kafka lost or took back a part of the ledger: another topic of the same name, or an end before the one that
 * was seen. What is remembered lies on this worker's disk. Thread-safe.
 */
public final class LedgerGuard implements AutoCloseable {

    private static final Duration MOST_APART = Duration.ofMinutes(30);
    private static final Duration TIMEOUT = Duration.ofSeconds(15);

    /** What was seen last. */
    record Seen(String topicId, Map<Integer, Long> ends) {}

    private final Admin admin;
    private final String topic;
    private final Path file;

    /** @param file what is remembered in; its folder is made */
    public LedgerGuard(KafkaSettings kafka, Path file) {
        this.admin = Admin.create(kafka.admin());
        this.topic = kafka.topic(Topic.IMAGES);
        this.file = file;
    }

    /**
     * Looks, and remembers what it sees where all is well.
     *
     * @return why nothing may be deleted, with what to do; empty where the ledger is what it was, or is looked at first
     */
    public synchronized Optional<String> check() throws IOException, InterruptedException, TimeoutException {
        Seen now = look();
        if (Files.exists(file)) {
            Optional<String> doubt = doubt(read(), now);
            if (doubt.isPresent()) {
                return doubt.map(
                        what -> what + ": Kafka lost a part of the ledger or was restored from an older state, and"
                                + " nothing is deleted until a person has looked; ./fleet prune --accept-ledger takes it as it is now");
            }
        }
        write(now);
        return Optional.empty();
    }

    /**
     * Whether the ledger's clock can be right: ages count by it, and nobody can tell which of two clocks is wrong.
     *
     * @return why nothing may be deleted, with what to do; empty where they agree
     */
    public static Optional<String> doubt(Instant ledger, Instant own) {
        Duration apart = Duration.between(ledger, own).abs();
        return apart.compareTo(MOST_APART) <= 0
                ? Optional.empty()
                : Optional.of("Kafka's clock says " + ledger + " and this worker's " + own
                        + ": nothing is deleted until they agree; set the one that is wrong");
    }

    /** Takes the ledger as it is now. */
    public synchronized void accept() throws IOException, InterruptedException, TimeoutException {
        write(look());
    }

    private Optional<String> doubt(Optional<Seen> before, Seen now) {
        if (before.isEmpty()) {
            return Optional.of(file + ", which says how far the ledger was, cannot be read");
        }
        if (!before.get().topicId().equals(now.topicId())) {
            return Optional.of(topic + " is another topic than it was");
        }
        return before.get().ends().entrySet().stream()
                .filter(end -> now.ends().getOrDefault(end.getKey(), -1L) < end.getValue())
                .findFirst()
                .map(end -> topic + "-" + end.getKey() + " ends before " + end.getValue() + ", which it once had");
    }

    private Optional<Seen> read() throws IOException {
        try {
            return Optional.of(Json.read(Files.readAllBytes(file), Seen.class));
        } catch (MalformedRecordException e) {
            return Optional.empty();
        }
    }

    private void write(Seen seen) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        Path next = file.resolveSibling(file.getFileName() + ".next");
        Files.write(next, Json.write(seen));
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private Seen look() throws InterruptedException, TimeoutException {
        try {
            TopicDescription description = Objects.requireNonNull(
                    admin.describeTopics(List.of(topic))
                            .allTopicNames()
                            .get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                            .get(topic),
                    "the topic that was asked for");
            Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
            description
                    .partitions()
                    .forEach(each -> asked.put(new TopicPartition(topic, each.partition()), OffsetSpec.latest()));
            Map<Integer, Long> ends = new TreeMap<>();
            admin.listOffsets(asked)
                    .all()
                    .get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                    .forEach((partition, end) -> ends.put(partition.partition(), end.offset()));
            return new Seen(description.topicId().toString(), ends);
        } catch (ExecutionException e) {
            throw new TimeoutException("Kafka does not say how far the ledger is: " + e.getMessage());
        }
    }

    @Override
    public void close() {
        admin.close(Duration.ofSeconds(3));
    }
}
