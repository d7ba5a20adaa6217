package io.forgefleet.local.server;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Server-sent events of a response (HTML standard, "Server-sent events"), read one by one. */
final class EventStream implements AutoCloseable {

    /** One event; the id is the last that was sent, empty when there was none. */
    record Event(String id, String name, String data) {}

    private static final int MOST_CHARS = 4 << 20;

    private final BufferedReader lines;
    private String id = "";

    EventStream(InputStream body) {
        this.lines = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8));
    }

    /** The next event; null at the end of the stream. */
    @Nullable
    Event next() throws IOException {
        String name = "message";
        StringBuilder data = new StringBuilder();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.isEmpty()) {
                if (!data.isEmpty()) {
                    return new Event(id, name, data.substring(0, data.length() - 1));
                }
                name = "message";
                continue;
            }
            int colon = line.indexOf(':');
            String field = colon < 0 ? line : line.substring(0, colon);
            String value = colon < 0 ? "" : line.substring(colon + 1);
            value = value.startsWith(" ") ? value.substring(1) : value;
            switch (field) {
                case "id" -> id = value;
                case "event" -> name = value;
                case "data" -> data.append(value).append('\n');
                default -> {} // comments, and what we do not know
            }
            if (data.length() > MOST_CHARS) {
                throw new IOException("an event is longer than " + MOST_CHARS + " characters");
            }
        }
        return null;
    }

    @Override
    public void close() throws IOException {
        lines.close();
    }
}
