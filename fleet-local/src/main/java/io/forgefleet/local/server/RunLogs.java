package io.forgefleet.local.server;

import com.fasterxml.jackson.databind.JsonNode;
import io.forgefleet.events.wire.Json;
import io.forgefleet.local.console.CommandFailure;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Map;

/** The log of a run: all of it up to now, or followed to the run's end. */
public final class RunLogs {

    /** What a follower is told. */
    public interface Reader {
        /** A line, and the step that wrote it. */
        void line(String step, String line);

        /** The run has ended; nothing comes after it. */
        void ended(String reason, String message);
    }

    private static final int MOST_BREAKS = 10;
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final FleetServer server;

    public RunLogs(FleetServer server) {
        this.server = server;
    }

    /** The text up to now; the caller closes it. */
    public InputStream text(String run) throws CommandFailure, InterruptedException {
        return server.stream("/api/runs/" + run + "/logs?follow=false", Map.of());
    }

    /** Reads until the run ends. A connection that breaks is made anew, and goes on where it was. */
    public void follow(String run, Reader reader) throws CommandFailure, InterruptedException {
        String seen = "";
        for (int breaks = 0; ; breaks++) {
            String before = seen;
            try (EventStream events = new EventStream(server.stream(
                    "/api/runs/" + run + "/logs", seen.isEmpty() ? Map.of() : Map.of("Last-Event-ID", seen)))) {
                for (var event = events.next(); event != null; event = events.next()) {
                    seen = event.id();
                    JsonNode data = Json.mapper().readTree(event.data());
                    if (event.name().equals("end")) {
                        reader.ended(
                                data.path("reason").asText(),
                                data.path("message").asText());
                        return;
                    }
                    String step = data.path("step").asText();
                    data.path("lines").forEach(line -> reader.line(step, line.asText()));
                }
            } catch (IOException e) {
                if (Thread.interrupted()) {
                    throw (InterruptedException) new InterruptedException("while a log was read").initCause(e);
                }
                if (breaks >= MOST_BREAKS) {
                    throw new CommandFailure(
                            "the log of run " + run + " broke off again and again: " + e.getMessage(),
                            "look at it in a browser: " + server + "/runs/" + run,
                            e);
                }
            }
            if (!seen.equals(before)) {
                breaks = 0;
            }
            Thread.sleep(PAUSE);
        }
    }
}
