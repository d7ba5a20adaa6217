package io.forgefleet.gateway.intake;

import io.forgefleet.events.EventId;

/** What is known of events that were accepted earlier, by any gateway. Called on event loops: must not block. */
@FunctionalInterface
public interface AcceptedEvents {

    /** Knows of none. */
    AcceptedEvents NONE = id -> false;

    /** Whether an event of this id is on Kafka. May say no where it is not known yet. */
    boolean contains(EventId id);
}
