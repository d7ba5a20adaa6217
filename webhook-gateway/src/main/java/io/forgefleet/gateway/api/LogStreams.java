package io.forgefleet.gateway.api;

import io.forgefleet.events.job.RunId;
import io.forgefleet.events.run.LogChunk;
import io.forgefleet.events.run.Outcome;
import io.forgefleet.events.run.RunState;
import io.forgefleet.events.wire.Json;
import io.forgefleet.gateway.api.answer.ApiException;
import io.forgefleet.gateway.api.page.Words;
import io.forgefleet.runtime.topic.KafkaSettings;
import io.vertx.core.VertxException;
import io.vertx.core.http.HttpServerResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends logs to whoever asks: as server-sent events that follow a run until it has ended, or as plain text up to now.
 * Each reader has a thread and a consumer of its own, so that there are {@value #MOST} at most; a reader that does not
 * take what it is sent is let go.
 */
final class LogStreams implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LogStreams.class);
    private static final int MOST = 32;
    private static final Duration POLL = Duration.ofMillis(250);
    private static final Duration HEARTBEAT = Duration.ofSeconds(15);

    /** After this long a browser connects anew, and goes on where it was. */
    private static final Duration LONGEST = Duration.ofHours(1);

    private static final int WRITE_SECONDS = 30;

    private final KafkaSettings kafka;
    private final RunCatalogue runs;
    private final Semaphore free = new Semaphore(MOST);
    private volatile boolean closed;

    LogStreams(KafkaSettings kafka, RunCatalogue runs) {
        this.kafka = kafka;
        this.runs = runs;
    }

    /** Sends events {@code log}, then {@code end}; or text. Returns at once. */
    void send(RunState run, HttpServerResponse response, boolean follow, Optional<String> lastEventId)
            throws ApiException {
        LogReader.Place place = lastEventId.map(LogStreams::place).orElse(LogReader.Place.START);
        if (closed || !free.tryAcquire()) {
            throw ApiException.unavailable(
                    MOST + " logs are being read already", "close one of them, or try again in a minute");
        }
        response.setChunked(true).putHeader("Cache-Control", "no-store");
        response.putHeader("Content-Type", follow ? "text/event-stream" : "text/plain; charset=utf-8");
        Thread.ofPlatform().name("log-" + run.run()).daemon().start(() -> {
            try (LogReader reader = new LogReader(kafka, run.run(), run.startedAt(), place)) {
                if (follow) {
                    follow(run.run(), reader, response);
                } else {
                    text(reader, response);
                }
                response.end();
            } catch (KafkaException e) {
                LOG.warn("the log of run {} cannot be read now: {}", run.run(), e.toString());
                response.reset();
            } catch (TimeoutException | VertxException | IllegalStateException e) {
                LOG.debug("a reader of the log of run {} is gone: {}", run.run(), e.toString());
                response.reset();
            } finally {
                free.release();
            }
        });
    }

    private static LogReader.Place place(String lastEventId) {
        if (!lastEventId.matches("[0-9]{1,18}\\.[0-9]{1,18}")) {
            return LogReader.Place.START;
        }
        int dot = lastEventId.indexOf('.');
        return new LogReader.Place(
                Long.parseLong(lastEventId.substring(0, dot)), Long.parseLong(lastEventId.substring(dot + 1)));
    }

    private void follow(RunId run, LogReader reader, HttpServerResponse response) throws TimeoutException {
        long began = System.nanoTime();
        long sent = began;
        write(response, "retry: 2000\n\n");
        boolean ending = false;
        while (!closed && !response.closed() && System.nanoTime() - began < LONGEST.toNanos()) {
            for (LogChunk chunk : reader.poll(POLL)) {
                write(
                        response,
                        "id: " + chunk.epoch() + "." + chunk.sequence() + "\nevent: log\ndata: "
                                + json(Map.of("step", chunk.step(), "lines", chunk.lines(), "at", chunk.at()))
                                + "\n\n");
                sent = System.nanoTime();
            }
            if (ending && reader.isAtEnd()) {
                write(response, "event: end\ndata: " + json(ending(run)) + "\n\n");
                return;
            }
            if (!ending && runs.find(run).map(RunState::isFinal).orElse(true)) {
                reader.endHere();
                ending = true;
            }
            if (System.nanoTime() - sent > HEARTBEAT.toNanos()) {
                write(response, ": still here\n\n");
                sent = System.nanoTime();
            }
        }
    }

    private Map<String, String> ending(RunId run) {
        Outcome outcome = runs.find(run).map(RunState::outcome).orElse(null);
        return outcome == null
                ? Map.of("reason", "unknown", "message", "the run is no longer remembered")
                : Map.of("reason", Words.word(outcome.reason()), "message", outcome.message());
    }

    private void text(LogReader reader, HttpServerResponse response) throws TimeoutException {
        reader.endHere();
        String step = "";
        while (!closed && !response.closed()) {
            for (LogChunk chunk : reader.poll(POLL)) {
                StringBuilder lines = new StringBuilder();
                if (!chunk.step().equals(step)) {
                    step = chunk.step();
                    lines.append("== ").append(step).append('\n');
                }
                chunk.lines().forEach(line -> lines.append(line).append('\n'));
                write(response, lines.toString());
            }
            if (reader.isAtEnd()) {
                return;
            }
        }
    }

    /** Waits until it is on the wire, so that a slow reader slows its own consumer and nobody else. */
    private static void write(HttpServerResponse response, String text) throws TimeoutException {
        response.write(text).await(WRITE_SECONDS, TimeUnit.SECONDS);
    }

    private static String json(Object value) {
        return new String(Json.write(value), StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        closed = true;
    }
}
