package io.forgefleet.runtime.topic;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
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
import org.apache.kafka.common.errors.ApiException;
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

    private static final Logger log = LoggerFactory.getLogger(Topics.class);
    private static final Duration PAUSE = Duration.ofMillis(200);
    private static final int MOST_RECORD_LOCKS = 4000;

    private final Admin admin;
    private final KafkaSettings settings;
    private final TopicLayout layout;
    private final long deadline;

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
        try (Admin admin = Admin.create(settings.admin())) {
            new Topics(admin, settings, layout, within).untilDone();
        } catch (KafkaException e) {
            throw new TopicsException("topics could not be set up with " + settings + ": " + e.getMessage(), e);
        }
    }

    private void untilDone() throws TopicsException, InterruptedException {
        String told = "";
        while (true) {
            String lacking;
            @Nullable KafkaException cause = null;
            try {
                createMissing();
                lacking = leaderless();
                if (lacking.isEmpty()) {
                    for (ShareGroup group : layout.shareGroups()) {
                        configure(group);
                    }
                    return;
                }
            } catch (RetriableException | InvalidReplicationFactorException e) {
                // a topic just created may be unknown to the next broker, and brokers may still be joining
                lacking = e.getMessage() + advice(e);
                cause = e;
            } catch (ApiException e) {
                throw new TopicsException(
                        "topics and share groups could not be set up at " + settings.bootstrap() + ": " + e.getMessage()
                                + advice(e),
                        e);
            }
            if (System.nanoTime() - deadline + PAUSE.toNanos() >= 0) {
                throw new TopicsException(
                        "topics and share groups were not ready in time at " + settings.bootstrap() + ": " + lacking,
                        cause);
            }
            if (!lacking.equals(told)) {
                log.info("waiting for Kafka at {}: {}", settings.bootstrap(), lacking);
                told = lacking;
            }
            Thread.sleep(PAUSE);
        }
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
                log.debug("another service was faster: {}", e.getMessage());
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

    private void configure(ShareGroup group) throws InterruptedException {
        var resource = new ConfigResource(ConfigResource.Type.GROUP, settings.group(group.name()));
        Map<String, String> needed = new HashMap<>();
        needed.put("share.auto.offset.reset", "earliest");
        needed.put(
                "share.record.lock.duration.ms",
                Long.toString(group.lockDuration().toMillis()));
        needed.put("share.delivery.count.limit", Integer.toString(group.deliveryLimit()));
        alter(resource, needed);
        wish(
                resource,
                "share.heartbeat.interval.ms",
                Long.toString(group.heartbeat().toMillis()));
        wish(resource, "share.partition.max.record.locks", Integer.toString(MOST_RECORD_LOCKS));
    }

    /** Sets what makes a group quicker or roomier and what a broker may be told to refuse. */
    private void wish(ConfigResource group, String name, String value) throws InterruptedException {
        try {
            alter(group, Map.of(name, value));
        } catch (InvalidConfigurationException | InvalidRequestException e) {
            log.info(
                    "share group {} goes on without {}={}, which the broker refuses ({}); its group.share.* settings allow more",
                    group.name(),
                    name,
                    value,
                    e.getMessage());
        }
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

    private static String advice(ApiException cause) {
        return switch (cause) {
            case InvalidReplicationFactorException e -> "; set kafka.replication to the number of brokers or fewer";
            case InvalidConfigurationException e ->
                "; change the interval in fleet.yml or the broker's group.share.* bounds";
            default -> "";
        };
    }
}
