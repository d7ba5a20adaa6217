package io.forgefleet.runtime.worker;

import io.forgefleet.runtime.queue.Gate;
import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** Something that every run here needs is away; no slot takes work until it answers again. */
public final class DependencyAwayException extends Exception {

    @Serial
    private static final long serialVersionUID = 1;

    private final String dependency;
    private final transient Gate.Probe probe;

    /**
     * Tells of it.
     *
     * @param dependency its name for people
     * @param probe says when it is back
     */
    public DependencyAwayException(String dependency, Gate.Probe probe, @Nullable Throwable cause) {
        super(dependency + " is away", cause);
        this.dependency = dependency;
        this.probe = probe;
    }

    /** Its name for people. */
    public String dependency() {
        return dependency;
    }

    /** Says when it is back. */
    public Gate.Probe probe() {
        return probe;
    }
}
