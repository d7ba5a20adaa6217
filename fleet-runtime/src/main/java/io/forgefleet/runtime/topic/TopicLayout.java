package io.forgefleet.runtime.topic;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.TopicConfig;

/**
 * How the topics lie in a cluster, and the share groups of a service.
 *
 * @param partitions of each topic that is created, 1 to 1,000; {@link Topic#CLAIMS} and topics of work have one
 * @param replicationFactor 1 to 10; from 3 on a write needs two replicas
 * @param shareGroups the share groups that the service takes part in
 */
public record TopicLayout(int partitions, int replicationFactor, List<ShareGroup> shareGroups) {

    public static final int DEFAULT_PARTITIONS = 8;

    public TopicLayout {
        if (partitions < 1 || partitions > 1000) {
            throw new IllegalArgumentException("partitions must be 1 to 1000, got " + partitions);
        }
        if (replicationFactor < 1 || replicationFactor > 10) {
            throw new IllegalArgumentException("replication factor must be 1 to 10, got " + replicationFactor);
        }
        shareGroups = List.copyOf(shareGroups);
    }

    /** For a broker that stands alone: 8 partitions, one replica, no share groups yet. */
    public static TopicLayout oneBroker() {
        return new TopicLayout(DEFAULT_PARTITIONS, 1, List.of());
    }

    public TopicLayout withShareGroups(ShareGroup... groups) {
        return new TopicLayout(partitions, replicationFactor, List.of(groups));
    }

    int partitionsOf(Topic topic) {
        return topic.isTotallyOrdered() || topic.isWork() ? 1 : partitions;
    }

    NewTopic newTopic(Topic topic, String name) {
        Map<String, String> properties = new TreeMap<>(topic.properties());
        properties.put(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG, replicationFactor >= 3 ? "2" : "1");
        return new NewTopic(name, partitionsOf(topic), (short) replicationFactor).configs(properties);
    }
}
