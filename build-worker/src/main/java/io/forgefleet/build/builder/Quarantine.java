package io.forgefleet.build.builder;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps work from a builder that is out of order, for longer each time, until a build there ends well. Thread-safe. */
final class Quarantine {

    private static final Logger LOG = LoggerFactory.getLogger(Quarantine.class);
    private static final Duration SHORTEST = Duration.ofMinutes(1);
    private static final Duration LONGEST = Duration.ofMinutes(15);

    private Duration next = SHORTEST;
    private long until;
    private boolean begun;

    synchronized void begin(String builder, String cause) {
        LOG.warn(
                "builder {} gets no builds for {} min where another can take them: {}",
                builder,
                next.toMinutes(),
                cause);
        begun = true;
        until = System.nanoTime() + next.toNanos();
        Duration doubled = next.multipliedBy(2);
        next = doubled.compareTo(LONGEST) > 0 ? LONGEST : doubled;
    }

    synchronized void end() {
        begun = false;
        next = SHORTEST;
    }

    synchronized boolean lasts() {
        return begun && System.nanoTime() - until < 0;
    }
}
