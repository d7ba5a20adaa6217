package io.forgefleet.work.sandbox;

import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * How a command ended.
 *
 * @param exit its exit code; meaningless when it ran out of time
 * @param lastLines the end of what it printed
 * @param took from its start to its end
 * @param left names of all that lies in the folders that were asked for, or in that of its server; none unless it succeeded
 */
public record SandboxResult(
        int exit, boolean timedOut, boolean outOfMemory, List<String> lastLines, Duration took, List<String> left) {

    public SandboxResult {
        lastLines = List.copyOf(lastLines);
        left = List.copyOf(left);
    }

    SandboxResult leaving(List<String> names) {
        return new SandboxResult(exit, timedOut, outOfMemory, lastLines, took, names);
    }

    /** The same with other words in what it printed. */
    public SandboxResult printing(UnaryOperator<String> words) {
        return new SandboxResult(
                exit, timedOut, outOfMemory, lastLines.stream().map(words).toList(), took, left);
    }

    public boolean succeeded() {
        return !timedOut && exit == 0;
    }
}
