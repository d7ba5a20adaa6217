package io.forgefleet.local.server;

import com.fasterxml.jackson.databind.JsonNode;
import io.forgefleet.events.wire.Json;
import io.forgefleet.local.console.CommandFailure;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** An answer of lines of JSON, read while it comes. A fleet that is at work writes one every few seconds. */
public final class JsonLines implements AutoCloseable {

    private static final Duration SILENCE = Duration.ofSeconds(60);

    /**
     * What was read.
     *
     * @param value null at the end of the stream
     * @param failure null where there was none
     */
    private record Read(@Nullable JsonNode value, @Nullable IOException failure) {}

    private final InputStream body;
    private final BlockingQueue<Read> read = new ArrayBlockingQueue<>(1);
    private final Thread reading;

    JsonLines(InputStream body) {
        this.body = body;
        this.reading = Thread.ofVirtual().name("lines").start(this::readAll);
    }

    private void readAll() {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                read.put(new Read(Json.mapper().readTree(line), null));
            }
            read.put(new Read(null, null));
        } catch (IOException e) {
            boolean unused = read.offer(new Read(null, e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * The next line; empty at the end.
     *
     * @throws CommandFailure when the answer broke off, or nothing came for a minute
     */
    public Optional<JsonNode> next() throws CommandFailure, InterruptedException {
        Read next = read.poll(SILENCE.toSeconds(), TimeUnit.SECONDS);
        if (next == null) {
            throw new CommandFailure(
                    "the fleet has said nothing for " + SILENCE.toSeconds() + " s", "look at its log, and ask again");
        }
        if (next.failure() != null) {
            throw new CommandFailure(
                    "the fleet's answer broke off: " + next.failure().getMessage(),
                    "look at its log, and ask again",
                    next.failure());
        }
        return Optional.ofNullable(next.value());
    }

    @Override
    public void close() {
        reading.interrupt();
    }
}
