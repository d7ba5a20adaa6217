package io.forgefleet.runtime.config;

import io.forgefleet.runtime.config.document.Section;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A text that is never printed. Equality takes the same time wherever two of one length differ. */
public final class Secret {

    private final String value;

    private Secret(String value) {
        this.value = value;
    }

    public static Secret of(String value) {
        if (value.isEmpty()) {
            throw new IllegalArgumentException("a secret must not be empty");
        }
        return new Secret(value);
    }

    static @Nullable Secret read(Section section, String key) {
        String value = section.secret(key);
        return value == null || value.isEmpty() ? null : of(value);
    }

    static List<Secret> readAll(Section section, String key) {
        return section.secrets(key).stream()
                .filter(value -> !value.isEmpty())
                .map(Secret::of)
                .toList();
    }

    static Map<String, Secret> readMap(Section section, String key, Predicate<String> mayBePlain) {
        return section.secretMap(key, mayBePlain).entrySet().stream()
                .filter(entry -> !entry.getValue().isEmpty())
                .collect(Collectors.toMap(Map.Entry::getKey, entry -> of(entry.getValue())));
    }

    /** The secret itself: for a request's header or a computation, not for a message, a log or an argument list. */
    public String value() {
        return value;
    }

    /** The secret as UTF-8. */
    public byte[] bytes() {
        return value.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Secret secret && MessageDigest.isEqual(bytes(), secret.bytes());
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }

    @Override
    public String toString() {
        return "•••";
    }
}
