package io.forgefleet.clients.engine;

import com.fasterxml.jackson.databind.JsonNode;
import io.forgefleet.events.wire.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * A stream of JSON objects, one per line or spread over many (buildx 0.13), with lines of plain text between and after
 * them, where buildx puts its warnings and its last word.
 */
final class JsonSequence {

    private static final int MOST_OBJECT = 8 << 20;
    private static final int MOST_LINE = 8 << 10;

    private final Consumer<JsonNode> objects;
    private final Consumer<String> lines;
    private final ByteArrayOutputStream current = new ByteArrayOutputStream();

    private int depth;
    private boolean inString;
    private boolean escaped;

    JsonSequence(Consumer<JsonNode> objects, Consumer<String> lines) {
        this.objects = objects;
        this.lines = lines;
    }

    /** Reads to the end of the stream. */
    void read(InputStream stream) throws IOException {
        byte[] buffer = new byte[16 << 10];
        for (int n = stream.read(buffer); n >= 0; n = stream.read(buffer)) {
            for (int i = 0; i < n; i++) {
                take(buffer[i]);
            }
        }
        if (depth == 0) {
            endLine();
        }
    }

    private void take(byte next) throws IOException {
        if (depth == 0) {
            if (next == '\n') {
                endLine();
            } else if (next == '{' && blank()) {
                current.reset();
                current.write(next);
                depth = 1;
            } else if (current.size() < MOST_LINE) {
                current.write(next);
            }
            return;
        }
        current.write(next);
        if (current.size() > MOST_OBJECT) {
            throw new IOException("it printed a JSON object of more than " + MOST_OBJECT + " bytes");
        }
        if (escaped) {
            escaped = false;
        } else if (inString) {
            escaped = next == '\\';
            inString = next != '"';
        } else if (next == '"') {
            inString = true;
        } else if (next == '{') {
            depth++;
        } else if (next == '}' && --depth == 0) {
            objects.accept(Json.mapper().readTree(current.toByteArray()));
            current.reset();
        }
    }

    private boolean blank() {
        return current.toString(StandardCharsets.UTF_8).isBlank();
    }

    private void endLine() {
        String line = current.toString(StandardCharsets.UTF_8).strip();
        current.reset();
        if (!line.isEmpty()) {
            lines.accept(line);
        }
    }
}
