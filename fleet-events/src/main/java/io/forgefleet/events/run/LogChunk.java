package io.forgefleet.events.run;

import io.forgefleet.events.job.RunId;
import java.time.Instant;
import java.util.List;

/**
 * Some lines of a run's log, as {@code fleet.logs} holds them.
 *
 * @param sequence counts the chunks of one epoch, from 0
 * @param step step that wrote them
 * @param lines without line ends; together at most 64 KiB
 */
public record LogChunk(RunId run, long epoch, long sequence, String step, List<String> lines, Instant at) {

    public LogChunk {
        lines = List.copyOf(lines);
    }
}
