package io.forgefleet.runtime.work;

import io.forgefleet.events.job.RunId;
import io.forgefleet.events.run.LogChunk;
import io.forgefleet.events.wire.Json;
import io.forgefleet.runtime.topic.RecordPublisher;
import io.forgefleet.runtime.topic.Topic;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;

/**
 * The log of one run: lines gathered into chunks, sent when a chunk is full, a step ends, or a moment after the last was
 * sent. A log that cannot be written is not waited for. Thread-safe.
 */
final class RunLog {

    private static final int MOST_LINE = 4_000;
    private static final int MOST_CHUNK = 32_000;
    private static final int MOST_LOG = 16_000_000;
    private static final Duration BETWEEN_CHUNKS = Duration.ofMillis(200);

    private final RecordPublisher publisher;
    private final RunId run;
    private final long epoch;
    private final Pace pace;
    private final List<String> lines = new ArrayList<>();
    private String step = "";
    private long sequence;
    private int size;
    private int total;

    RunLog(RecordPublisher publisher, RunId run, long epoch, ScheduledExecutorService clock) {
        this.publisher = publisher;
        this.run = run;
        this.epoch = epoch;
        this.pace = new Pace(clock, BETWEEN_CHUNKS, this::flush);
    }

    synchronized void begin(String newStep) {
        flush();
        step = newStep;
    }

    void add(String line) {
        if (gather(line)) {
            flush();
        } else {
            pace.ask();
        }
    }

    /** Whether that is a whole chunk. */
    private synchronized boolean gather(String line) {
        if (total > MOST_LOG) {
            return false;
        }
        String cut = line.length() <= MOST_LINE ? line : line.substring(0, MOST_LINE) + " …";
        total += cut.length() + 1;
        if (total > MOST_LOG) {
            cut = "(the log is longer than " + MOST_LOG + " characters; the rest is left out)";
        }
        lines.add(cut);
        size += cut.length() + 1;
        return size >= MOST_CHUNK;
    }

    /** Sends what is gathered. */
    synchronized void flush() {
        if (!lines.isEmpty()) {
            byte[] chunk = Json.write(new LogChunk(run, epoch, sequence++, step, lines, Instant.now()));
            var unused = publisher.publish(Topic.LOGS, run.value(), run.value(), chunk);
            lines.clear();
            size = 0;
        }
    }
}
