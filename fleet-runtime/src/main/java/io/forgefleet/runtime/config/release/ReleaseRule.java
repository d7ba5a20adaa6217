package io.forgefleet.runtime.config.release;

import io.forgefleet.runtime.config.document.Forms;
import io.forgefleet.runtime.config.document.Section;
import java.util.List;

/**
 * Who may release, and with what. Where a repository has such a rule, the release worker alone moves {@code latest} and other
 * tags that move, and what it has not verified gets none.
 *
 * @param keys names of the keys that may sign; the first is the one that does unless the repository names another
 * @param commits which commits a tag may name
 */
public record ReleaseRule(List<String> keys, Commits commits) {

    /** Which commits are released. */
    public enum Commits {
        /** Those of a protected branch. */
        PROTECTED,
        /** Any that somebody could tag. */
        ANY
    }

    public ReleaseRule {
        keys = List.copyOf(keys);
    }

    /** Reads the section of a repository's rule. */
    public static ReleaseRule read(Section section) {
        section.require("keys", "a list of names of the keys of signing.keys");
        List<String> keys = section.elements("keys", Forms.NAME, Forms::name, List.of());
        if (section.has("keys") && keys.isEmpty()) {
            section.error("keys", "the name of a key was expected: what is not signed is not released");
        }
        return new ReleaseRule(keys, section.word("commits", Commits.class, Commits.PROTECTED));
    }
}
