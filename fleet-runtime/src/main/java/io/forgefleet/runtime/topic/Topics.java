package io.forgefleet.runtime.topic;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings the topics and share groups into being. Any number of services may do so at once, as often as they like. */
public final class Topics {

    private static final Logger LOG = LoggerFactory.getLogger(Topics.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(20);
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(500);

    /** What can wait behind one long job; 4,000 is as much as a broker allows by default. */
    private static final List<String> RECORD_LOCKS = List.of("10000", "4000");

    /** The most that a broker can be told to allow, and what it allows by default; with less records would be lost. */
    private static final List<String> DELIVERIES = List.of("25", "10");

    private final Admin admin;
    private final KafkaSettings settings;
    private final TopicLayout layout;
    private final long deadline;
    private final Set<ShareGroup> told = new HashSet<>();

    private Topics(Admin admin, KafkaSettings settings, TopicLayout layout, Duration within) {
        this.admin = admin;
        this.settings = settings;
        this.layout = layout;
        this.deadline = System.nanoTime() + within.toNanos();
    }

    /** As {@link #ensure(KafkaSettings, TopicLayout, Duration)}, within 30 s. */
    public static void ensure(KafkaSettings settings, TopicLayout layout) throws TopicsException, InterruptedException {
        ensure(settings, layout, Duration.ofSeconds(30));
    }

    /**
     * Creates the topics that are missing, waits until every partition has a leader, and sets up the share groups. A
     * topic that exists keeps its configuration: what a person changed stays changed.
     *
     * @param within how long an unreachable or starting cluster is waited for
     * @throws TopicsException when the cluster refuses, is not there in time, or {@link Topic#CLAIMS} has several partitions
     */
    public static void ensure(KafkaSettings settings, TopicLayout layout, Duration within)
            throws TopicsException, InterruptedException {
        Admin admin;
        try {
            admin = Admin.create(settings.admin());
        } catch (KafkaException e) {
            throw new TopicsException("no Kafka client can be made with " + settings + ": " + e.getMessage(), e);
        }
        try {
            new Topics(admin, settings, layout, within).untilDone();
        } finally {
            // else it waits for answers that nobody waits for
            admin.close(Duration.ZERO);
        }
    }

    private void untilDone() throws TopicsException, InterruptedException {
        Duration pause = FIRST_PAUSE;
        String logged = "";
        while (true) {
            String lacking;
            @Nullable KafkaException cause = null;
            try {
                lacking = step();
                if (lacking.isEmpty()) {
                    return;
                }
            } catch (RetriableException | InvalidReplicationFactorException e) {
                // a topic just created may be unknown to the next broker, and brokers may still be joining
                lacking = e.getMessage() + advice(e);
                cause = e;
            } catch (KafkaException e) {
                throw new TopicsException(
                        "topics and share groups could not be set up at " + settings.bootstrap() + ": " + e.getMessage()
                                + advice(e),
                        e);
            }
            if (System.nanoTime() - deadline + pause.toNanos() >= 0) {
                throw new TopicsException(
                        "topics and share groups were not ready in time at " + settings.bootstrap() + ": " + lacking,
                        cause);
            }
            if (pause.equals(LONGEST_PAUSE) && !lacking.equals(logged)) {
                LOG.info("waiting for Kafka at {}: {}", settings.bootstrap(), lacking);
                logged = lacking;
            }
            Thread.sleep(pause);
            pause = Collections.min(List.of(pause.multipliedBy(2), LONGEST_PAUSE));
        }
    }

    /** Does what is missing and says what still lacks; empty when all is there. */
    private String step() throws InterruptedException, TopicsException {
        createMissing();
        String lacking = leaderless();
        for (ShareGroup group : layout.shareGroups()) {
            if (lacking.isEmpty()) {
                lacking = configure(group);
            }
        }
        return lacking;
    }

    private void createMissing() throws InterruptedException {
        Set<String> existing = await(admin.listTopics().names());
        List<NewTopic> missing = new ArrayList<>();
        for (Topic topic : Topic.values()) {
            String name = settings.topic(topic);
            if (!existing.contains(name)) {
                missing.add(layout.newTopic(topic, name));
            }
        }
        if (missing.isEmpty()) {
            return;
        }
        for (KafkaFuture<Void> created : admin.createTopics(missing).values().values()) {
            try {
                await(created);
            } catch (TopicExistsException e) {
                LOG.debug("another service was faster: {}", e.getMessage());
            }
        }
    }

    /** The first topic found with a partition that nobody leads; empty when there is none. */
    private String leaderless() throws InterruptedException, TopicsException {
        List<String> names = new ArrayList<>();
        for (Topic topic : Topic.values()) {
            names.add(settings.topic(topic));
        }
        Map<String, TopicDescription> found = await(admin.describeTopics(names).allTopicNames());
        for (Topic topic : Topic.values()) {
            TopicDescription description = found.get(settings.topic(topic));
            if (description != null
                    && topic.isTotallyOrdered()
                    && description.partitions().size() != 1) {
                throw new TopicsException(
                        "topic " + description.name() + " has "
                                + description.partitions().size()
                                + " partitions, and claims need one order of all: stop the fleet, delete the topic, start again",
                        null);
            }
        }
        return found.values().stream()
                .filter(topic -> topic.partitions().stream().anyMatch(partition -> partition.leader() == null))
                .map(topic -> "topic " + topic.name() + " has a partition without a leader")
                .findFirst()
                .orElse("");
    }

    /**
     * The controller acknowledges a change before the brokers know it, and a worker that came in between would start its
     * group at the end of the topics: so it is read back.
     */
    private String configure(ShareGroup group) throws InterruptedException, TopicsException {
        var resource = new ConfigResource(ConfigResource.Type.GROUP, settings.group(group.name()));
        Map<String, String> needed = new HashMap<>();
        needed.put("share.auto.offset.reset", "earliest");
        needed.put(
                "share.record.lock.duration.ms",
                Long.toString(group.lockDuration().toMillis()));
        if (!told.contains(group)) {
            alter(resource, needed);
            if (!wish(resource, "share.delivery.count.limit", DELIVERIES)) {
                throw new TopicsException(
                        "the brokers allow share groups fewer than " + DELIVERIES.getLast()
                                + " deliveries of a record, and would drop work: raise group.share.max.delivery.count.limit",
                        null);
            }
            String heartbeat = Long.toString(group.heartbeat().toMillis());
            wish(resource, "share.heartbeat.interval.ms", List.of(heartbeat));
            wish(resource, "share.partition.max.record.locks", RECORD_LOCKS);
            told.add(group);
        }
        return holds(resource, needed) ? "" : "share group " + resource.name() + " is not configured yet";
    }

    private boolean holds(ConfigResource group, Map<String, String> properties) throws InterruptedException {
        var configs = await(admin.describeConfigs(List.of(group)).all()).values();
        return properties.entrySet().stream()
                .allMatch(property -> configs.stream().anyMatch(config -> {
                    ConfigEntry entry = config.get(property.getKey());
                    return entry != null && property.getValue().equals(entry.value());
                }));
    }

    /** Sets what makes a group quicker or roomier: the first value that the broker allows, or none, which is told. */
    private boolean wish(ConfigResource group, String name, List<String> values) throws InterruptedException {
        String refusal = "";
        for (String value : values) {
            try {
                alter(group, Map.of(name, value));
                return true;
            } catch (InvalidConfigurationException | InvalidRequestException e) {
                refusal = e.getMessage();
            }
        }
        LOG.info("share group {} goes on without {}={}: {}", group.name(), name, values.getFirst(), refusal);
        return false;
    }

    private void alter(ConfigResource group, Map<String, String> properties) throws InterruptedException {
        Collection<AlterConfigOp> operations = new ArrayList<>();
        properties.forEach((name, value) ->
                operations.add(new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET)));
        await(admin.incrementalAlterConfigs(Map.of(group, operations)).all());
    }

    private <T> T await(KafkaFuture<T> future) throws InterruptedException {
        try {
            return future.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (java.util.concurrent.TimeoutException e) {
            throw new TimeoutException("no answer in time", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof KafkaException kafka ? kafka : new KafkaException(e.getMessage(), e);
        }
    }

    private static String advice(KafkaException cause) {
        return switch (cause) {
            case InvalidReplicationFactorException e -> "; set kafka.replication to the number of brokers or fewer";
            case InvalidConfigurationException e ->
                "; change the interval in fleet.yml or the broker's group.share.* bounds";
            default -> "";
        };
    }
}
