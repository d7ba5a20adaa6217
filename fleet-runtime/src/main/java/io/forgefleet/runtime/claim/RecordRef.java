package io.forgefleet.runtime.claim;

/** Where a record lies; tells the same record redelivered from another record of the same content. */
public record RecordRef(String topic, int partition, long offset) {

    @Override
    public String toString() {
        return topic + "-" + partition + "@" + offset;
    }
}
