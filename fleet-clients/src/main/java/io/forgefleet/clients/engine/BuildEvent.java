package io.forgefleet.clients.engine;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What happens during a build, in the order in which BuildKit tells it. */
public sealed interface BuildEvent {

    /**
     * A step of the Dockerfile, or one of BuildKit's own, began.
     *
     * @param name {@code [2/5] RUN make}, {@code [internal] load .dockerignore}
     */
    record StepStarted(String name) implements BuildEvent {}

    /**
     * A step ended.
     *
     * @param cached whether it was not run because its result was known
     * @param error null when it did what it should
     */
    record StepEnded(
            String name,
            boolean cached,
            Duration took,
            @Nullable String error) implements BuildEvent {}

    /** A line that a step printed, without its end. */
    record LogLine(String step, String line) implements BuildEvent {}

    /** Something that does not fail the build: a cache that is missing or cannot be written, advice on the Dockerfile. */
    record Warning(String text) implements BuildEvent {}
}
