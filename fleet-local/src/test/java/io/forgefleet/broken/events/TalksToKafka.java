package io.forgefleet.broken.events;

import org.apache.kafka.common.TopicPartition;

/** What the contract may not do. */
public record TalksToKafka(TopicPartition partition) {}
