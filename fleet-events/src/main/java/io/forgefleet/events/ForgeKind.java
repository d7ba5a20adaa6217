package io.forgefleet.events;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** Software of a forge: it decides how webhooks are signed, what payloads look like and which API is spoken. */
public enum ForgeKind {
    GITHUB,
    GITEA,
    FORGEJO,
    GITLAB;

    /**
     * Reads the word that configurations use.
     *
     * @throws IllegalArgumentException when it is none of {@code github}, {@code gitea}, {@code forgejo}, {@code gitlab}
     */
    @JsonCreator
    public static ForgeKind parse(String word) {
        for (ForgeKind kind : values()) {
            if (kind.word().equals(word)) {
                return kind;
            }
        }
        throw new IllegalArgumentException("forge kind must be github, gitea, forgejo or gitlab, got: " + word);
    }

    /** The word that configurations use. */
    @JsonValue
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
