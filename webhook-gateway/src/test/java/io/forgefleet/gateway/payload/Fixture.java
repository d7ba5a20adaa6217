package io.forgefleet.gateway.payload;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vertx.core.MultiMap;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * A delivery as a file: headers, an empty line, the body.
 *
 * @param name folder of its forge kind, slash, name of the file without ending
 */
public record Fixture(String name, MultiMap headers, String body) {

    static final Path FOLDER = Path.of("src/test/resources/payloads");

    /** All fixtures of a forge kind, by name. */
    public static List<Fixture> all(String kind) {
        try (Stream<Path> files = Files.list(FOLDER.resolve(kind))) {
            return files.filter(file -> file.toString().endsWith(".http"))
                    .sorted()
                    .map(file -> read(kind + "/" + file.getFileName().toString().replace(".http", "")))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static Fixture read(String name) {
        try {
            String[] parts = Files.readString(FOLDER.resolve(name + ".http")).split("\n\n", 2);
            MultiMap headers = MultiMap.caseInsensitiveMultiMap();
            parts[0].lines().forEach(line -> {
                int colon = line.indexOf(": ");
                headers.add(line.substring(0, colon), line.substring(colon + 2));
            });
            return new Fixture(name, headers, parts[1].strip());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String kind() {
        return name.substring(0, name.indexOf('/'));
    }

    /** The JSON of the payload, out of its form where it is one. */
    public String json() {
        return body.startsWith("payload=") ? URLDecoder.decode(body.substring("payload=".length()), UTF_8) : body;
    }

    ByteBuffer jsonBytes() {
        return ByteBuffer.wrap(json().getBytes(UTF_8));
    }

    @Override
    public String toString() {
        return name;
    }
}
