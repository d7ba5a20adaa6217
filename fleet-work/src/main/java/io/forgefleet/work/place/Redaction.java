package io.forgefleet.work.place;

import io.forgefleet.runtime.config.Secret;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** Takes secrets out of what builds and commands print. */
public final class Redaction {

    /** A shorter line of a secret is a brace or the like; taking those out would hide nothing. */
    private static final int SHORTEST_LINE = 6;

    private final List<String> secrets;

    public Redaction(Collection<Secret> secrets) {
        this.secrets = secrets.stream()
                .map(Secret::value)
                .flatMap(value ->
                        value.lines().filter(line -> line.length() >= SHORTEST_LINE || line.length() == value.length()))
                .distinct()
                .sorted(Comparator.comparingInt(String::length).reversed())
                .toList();
    }

    /** The text without them. */
    public String clean(String text) {
        String cleaned = text;
        for (String secret : secrets) {
            cleaned = cleaned.replace(secret, "•••");
        }
        return cleaned;
    }

    /** Whether a secret is in it. */
    public boolean holds(String text) {
        return secrets.stream().anyMatch(text::contains);
    }
}
