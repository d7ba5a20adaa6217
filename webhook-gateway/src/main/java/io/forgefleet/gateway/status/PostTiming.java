package io.forgefleet.gateway.status;

import io.forgefleet.runtime.topic.KafkaSettings;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;

/**
 * Waits and bounds of posting. While {@code session} lasts nobody else is given a partition of ours; a post is begun
 * only within {@code begin} of a sign of that session and stopped after {@code post}, so that no post of a former owner
 * comes after one of the next.
 *
 * @param session after how long without a sign of life a partition goes to another gateway; more than begin and post together
 * @param begin how long after a sign of the session a post may begin
 * @param post bound of one post
 * @param firstRetry wait after a first failure; doubled at each further one
 * @param longestRetry bound of that wait, where the forge does not ask for a longer one
 * @param refusals how many times a status is tried that the forge refuses (no such commit, no right)
 */
public record PostTiming(
        Duration session, Duration begin, Duration post, Duration firstRetry, Duration longestRetry, int refusals) {

    public static final PostTiming DEFAULTS = new PostTiming(
            Duration.ofSeconds(15),
            Duration.ofSeconds(4),
            Duration.ofSeconds(9),
            Duration.ofSeconds(1),
            Duration.ofMinutes(1),
            5);

    public PostTiming {
        if (begin.plus(post).compareTo(session) >= 0) {
            throw new IllegalArgumentException("a post must end within the session: " + begin + " + " + post);
        }
        if (refusals < 1) {
            throw new IllegalArgumentException("a status is tried at least once");
        }
    }

    /** Settings of a consumer of a group whose partitions move one by one, without taking the others away. */
    Map<String, Object> consumer(KafkaSettings kafka, String group) {
        Map<String, Object> settings = kafka.consumer(group);
        settings.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, (int) session.toMillis());
        settings.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, (int) session.toMillis() / 5);
        settings.put(ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, CooperativeStickyAssignor.class.getName());
        return settings;
    }

    /** Wait after this many failures in a row, from 1. */
    Duration retryAfter(int failures) {
        long factor = 1L << Math.min(failures - 1, 20);
        Duration wait = firstRetry.multipliedBy(factor);
        return wait.compareTo(longestRetry) > 0 ? longestRetry : wait;
    }
}
