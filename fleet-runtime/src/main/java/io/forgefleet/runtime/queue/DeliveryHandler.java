package io.forgefleet.runtime.queue;

/** Does what a record asks for. Called from many threads at once, one per slot. */
public interface DeliveryHandler {

    /**
     * Handles one record, on a virtual thread of its own; may take as long as it likes, the lease is renewed meanwhile.
     * An exception hands the record back.
     */
    Disposition handle(Delivery delivery) throws InterruptedException;

    /** Ends what is being handled now, so that another worker can do it; called when the time to drain is over. */
    void preempt();
}
