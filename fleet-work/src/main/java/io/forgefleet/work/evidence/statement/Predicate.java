package io.forgefleet.work.evidence.statement;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import io.forgefleet.events.wire.Json;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * What a statement says, as JSON that is well-formed. It is a tree only for who asks: an SBOM is millions of bytes, and most of those
 * who verify it never look into it. Immutable; its bytes are not copied.
 */
public final class Predicate {

    /** Of what says nothing more. */
    public static final Predicate NONE = new Predicate(new byte[0], 0, 0);

    private final byte[] json;
    private final int from;
    private final int to;

    Predicate(byte[] json, int from, int to) {
        this.json = json;
        this.from = from;
        this.to = to;
    }

    /** Read anew with each call; a null node where there is none. */
    public JsonNode tree() {
        if (from == to) {
            return NullNode.getInstance();
        }
        try {
            return Json.mapper().readTree(json, from, to - from);
        } catch (IOException e) {
            throw new UncheckedIOException("JSON that was well-formed cannot be read", e);
        }
    }
}
