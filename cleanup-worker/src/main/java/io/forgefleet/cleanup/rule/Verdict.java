package io.forgefleet.cleanup.rule;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What the rules say of one entry of the ledger. */
public sealed interface Verdict {

    /** For people. */
    String reason();

    /**
     * It stays.
     *
     * @param until when that may change by itself; null when nothing but an event changes it
     */
    record Kept(String reason, @Nullable Instant until) implements Verdict {

        public Kept(String reason) {
            this(reason, null);
        }
    }

    /** It is about something else, and stays exactly as long. */
    record Attached(String reason) implements Verdict {}

    /**
     * Nobody needs it any more.
     *
     * @param since when that came to be, by the ledger's clock
     */
    record Expired(String reason, Instant since) implements Verdict {}
}
