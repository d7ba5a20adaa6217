package io.forgefleet.broken.cycle.two;

import io.forgefleet.broken.cycle.one.Chicken;
import java.util.Optional;

/** The other half. */
public record Egg(Optional<Chicken> of) {
    /** The one that nobody laid. */
    public static Chicken first() {
        return new Chicken(new Egg(Optional.empty()));
    }
}
