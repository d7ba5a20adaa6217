package io.forgefleet.broken.cycle.one;

import io.forgefleet.broken.cycle.two.Egg;

/** Half of a cycle of packages. */
public record Chicken(Egg from) {}
