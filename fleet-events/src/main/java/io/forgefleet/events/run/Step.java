package io.forgefleet.events.run;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A part of a run that people see.
 *
 * @param ended null while it runs
 * @param detail what came of it, in a few words; empty while nothing did
 */
public record Step(String name, Instant started, @Nullable Instant ended, boolean failed, String detail) {

    public static Step begun(String name, Instant at) {
        return new Step(name, at, null, false, "");
    }

    public Step ended(Instant at, boolean failure, String what) {
        return new Step(name, started, at, failure, what);
    }
}
