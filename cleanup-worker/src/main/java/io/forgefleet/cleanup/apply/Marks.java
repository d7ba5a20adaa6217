package io.forgefleet.cleanup.apply;

import io.forgefleet.runtime.claim.ClaimLostException;
import java.util.Collection;
import java.util.Optional;

/** What excludes that something is deleted while a run takes it up again. Thread-safe. */
public interface Marks {

    /**
     * Marks all of them.
     *
     * @param keys of claims
     * @return empty when somebody has one of them; then none is marked
     */
    Optional<Mark> take(Collection<String> keys) throws InterruptedException;

    /** Held until it is closed, or lost. */
    interface Mark extends AutoCloseable {

        /** To be called right before each deletion and after it. */
        void ensureHeld() throws ClaimLostException, InterruptedException;

        @Override
        void close();
    }
}
