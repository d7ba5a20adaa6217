package io.forgefleet.runtime.topic;

import static org.apache.kafka.common.config.TopicConfig.CLEANUP_POLICY_COMPACT;
import static org.apache.kafka.common.config.TopicConfig.CLEANUP_POLICY_CONFIG;
import static org.apache.kafka.common.config.TopicConfig.CLEANUP_POLICY_DELETE;
import static org.apache.kafka.common.config.TopicConfig.MAX_MESSAGE_BYTES_CONFIG;
import static org.apache.kafka.common.config.TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG;
import static org.apache.kafka.common.config.TopicConfig.MIN_CLEANABLE_DIRTY_RATIO_CONFIG;
import static org.apache.kafka.common.config.TopicConfig.RETENTION_MS_CONFIG;
import static org.apache.kafka.common.config.TopicConfig.SEGMENT_BYTES_CONFIG;
import static org.apache.kafka.common.config.TopicConfig.SEGMENT_MS_CONFIG;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The topics of the fleet. Keys are text, values bytes; every record is stamped by the broker ({@code LogAppendTime}). */
public enum Topic {
    /** Canonical push events; key: repository. */
    PUSH("forge.push", Cleanup.DELETE, days(30)),
    /** Canonical events of pull requests and comments on them; key: repository. */
    PULL_REQUEST("forge.pull-request", Cleanup.DELETE, days(30)),
    /** Canonical tag events; key: repository. */
    TAG("forge.tag", Cleanup.DELETE, days(30)),
    /** Jobs that no webhook made; key: repository. */
    JOBS("fleet.jobs", Cleanup.DELETE, days(30)),
    /** Claims, renewals, releases, in one partition since their order is what decides; key: what is claimed. */
    CLAIMS("fleet.claims", Cleanup.DELETE, days(1)),
    /** State of each run; key: run id and epoch, partitioned by run id. */
    RUNS("fleet.runs", Cleanup.COMPACT_AND_DELETE, days(30)),
    /** Log lines in chunks; key: run id. */
    LOGS("fleet.logs", Cleanup.DELETE, days(7)),
    /** The ledger: every digest that the fleet pushed; key: digest and run id. */
    IMAGES("fleet.images", Cleanup.COMPACT, null),
    /** What became of artifacts, as CloudEvents: {@code artifact.deleted}; key: repository. */
    ARTIFACTS("fleet.artifacts", Cleanup.DELETE, days(30)),
    /** Newest commit status to post; key: repository@sha#context. */
    STATUSES("fleet.statuses", Cleanup.COMPACT, null),
    /** Commands to everybody; key: run id. */
    COMMANDS("fleet.commands", Cleanup.DELETE, days(1)),
    /** Records that could not be worked on, with their cause; key: as the source's. */
    DEAD_LETTER("forge.dead-letter", Cleanup.DELETE, days(90));

    /** How old records leave a topic. */
    public enum Cleanup {
        DELETE(CLEANUP_POLICY_DELETE),
        COMPACT(CLEANUP_POLICY_COMPACT),
        COMPACT_AND_DELETE(CLEANUP_POLICY_COMPACT + "," + CLEANUP_POLICY_DELETE);

        private final String policy;

        Cleanup(String policy) {
            this.policy = policy;
        }
    }

    /**
     * Largest record batch of {@link #RUNS}, a state of 200 steps with their texts, and of {@link #DEAD_LETTER}, which
     * wraps a record that was itself as large as a broker takes by default. All other records stay far below Kafka's
     * default of 1 MiB: events carry neither commit lists nor payloads, log chunks are cut at 64 KiB.
     */
    static final int LARGEST_RECORD = 4 * 1024 * 1024;

    private static final int SEGMENT_BYTES = 16 * 1024 * 1024;
    private static final Duration COMPACTED_SEGMENT = Duration.ofMinutes(10);

    private final String kafkaName;
    private final Cleanup cleanup;
    private final @Nullable Duration retention;

    Topic(String kafkaName, Cleanup cleanup, @Nullable Duration retention) {
        this.kafkaName = kafkaName;
        this.cleanup = cleanup;
        this.retention = retention;
    }

    /** Name without a prefix. */
    public String kafkaName() {
        return kafkaName;
    }

    /** Name at the broker; an empty prefix adds nothing. */
    public String kafkaName(String prefix) {
        return prefix + kafkaName;
    }

    public Cleanup cleanup() {
        return cleanup;
    }

    /** How long records are kept; null where they are kept until a newer one or a tombstone replaces them. */
    public @Nullable Duration retention() {
        return retention;
    }

    /** Whether it may never have more than one partition, since the order of all its records is what decides. */
    public boolean isTotallyOrdered() {
        return this == CLAIMS;
    }

    /**
     * Whether it has work for share groups. Such a topic is made with one partition, which all slots share: a partition of
     * several would go to some slots only, and what waits in it would wait for them.
     */
    public boolean isWork() {
        return switch (this) {
            case PUSH, PULL_REQUEST, TAG, JOBS -> true;
            default -> false;
        };
    }

    /** What the topic is created with, beside what depends on the layout. */
    Map<String, String> properties() {
        Map<String, String> properties = new TreeMap<>();
        properties.put(CLEANUP_POLICY_CONFIG, cleanup.policy);
        // retention and "since" must not depend on the clocks of producers
        properties.put(MESSAGE_TIMESTAMP_TYPE_CONFIG, "LogAppendTime");
        if (retention != null) {
            properties.put(RETENTION_MS_CONFIG, Long.toString(retention.toMillis()));
        }
        if (cleanup == Cleanup.DELETE) {
            properties.put(SEGMENT_MS_CONFIG, Long.toString(segmentOf(retention).toMillis()));
        } else {
            // the open segment is never compacted, and every start reads it
            properties.put(SEGMENT_MS_CONFIG, Long.toString(COMPACTED_SEGMENT.toMillis()));
            properties.put(SEGMENT_BYTES_CONFIG, Integer.toString(SEGMENT_BYTES));
            properties.put(MIN_CLEANABLE_DIRTY_RATIO_CONFIG, "0.1");
        }
        if (this == RUNS || this == DEAD_LETTER) {
            properties.put(MAX_MESSAGE_BYTES_CONFIG, Integer.toString(LARGEST_RECORD));
        }
        return properties;
    }

    /** Only whole segments are deleted, so that their length adds to the retention. */
    private static Duration segmentOf(@Nullable Duration retention) {
        return retention == null || retention.compareTo(days(1)) > 0 ? days(1) : Duration.ofHours(1);
    }

    private static Duration days(int days) {
        return Duration.ofDays(days);
    }
}
