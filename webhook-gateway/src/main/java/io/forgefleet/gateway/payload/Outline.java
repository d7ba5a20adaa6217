package io.forgefleet.gateway.payload;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a payload that are looked at. Everything else, most of all the commits and files of a push, is skipped
 * unread, so a payload of 25 MB needs no more memory than its own bytes.
 */
final class Outline {

    private final Map<String, Outline> fields = new HashMap<>();

    private Outline() {}

    /** The outline of fields given by their paths, whose names are joined by dots. */
    static Outline of(String... paths) {
        Outline root = new Outline();
        for (String path : paths) {
            Outline at = root;
            for (String name : path.split("\\.", -1)) {
                at = at.fields.computeIfAbsent(name, any -> new Outline());
            }
        }
        return root;
    }

    @Nullable
    Outline field(String name) {
        return fields.get(name);
    }
}
