package io.forgefleet.gateway.intake;

import io.forgefleet.events.ForgeEvent;
import io.vertx.core.MultiMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Tells of deliveries: never their bodies or secrets. What should be seen (a forge that signs but is not understood, Kafka
 * away, no room) is a warning, at most one a second; everything else is for debugging, since anybody can send it.
 */
final class DeliveryLog {

    private static final Logger log = LoggerFactory.getLogger(DeliveryLog.class);
    private static final int MOST_ID = 80;

    private final AtomicLong lastWarning = new AtomicLong(System.nanoTime() - TimeUnit.SECONDS.toNanos(1));

    void ended(ForgeEndpoint endpoint, MultiMap headers, @Nullable ForgeEvent event, Outcome outcome, String why) {
        boolean warn =
                switch (outcome) {
                    case MALFORMED, BUSY -> isTimeToWarn();
                    default -> false;
                };
        if (!warn && !log.isDebugEnabled()) {
            return;
        }
        put("deliveryId", printable(endpoint.deliveryId(headers)));
        put("eventId", event == null ? "" : event.id().value());
        put("repository", event == null ? "" : event.repository().toString());
        try {
            if (warn) {
                log.warn("delivery of forge {}: {} {}", endpoint.name(), outcome.word(), why);
            } else {
                log.debug("delivery of forge {}: {} {}", endpoint.name(), outcome.word(), why);
            }
        } finally {
            MDC.remove("deliveryId");
            MDC.remove("eventId");
            MDC.remove("repository");
        }
    }

    /** Why Kafka does not take events: one cause of many deliveries' ends. */
    void kafkaAway(Throwable cause) {
        if (isTimeToWarn()) {
            log.warn("Kafka did not take an event, so its delivery is answered 503: {}", cause.toString());
        }
    }

    private boolean isTimeToWarn() {
        long last = lastWarning.get();
        long now = System.nanoTime();
        return now - last >= TimeUnit.SECONDS.toNanos(1) && lastWarning.compareAndSet(last, now);
    }

    private static void put(String key, String value) {
        if (!value.isEmpty()) {
            MDC.put(key, value);
        }
    }

    private static String printable(@Nullable String id) {
        return id == null ? "" : id.substring(0, Math.min(id.length(), MOST_ID)).replaceAll("[^\\x21-\\x7e]", "?");
    }
}
