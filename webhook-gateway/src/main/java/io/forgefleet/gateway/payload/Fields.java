package io.forgefleet.gateway.payload;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.RefName;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The fields of one object of a payload, each read with what is expected of it. Forges of different ages leave fields out
 * or send null: to the {@code optional} readers both mean the same.
 */
final class Fields {

    /** Halves of a character, which JSON can say by escapes and UTF-8 cannot. */
    private static final Pattern HALVES = Pattern.compile("[\\ud800-\\udfff]");

    private static final int MOST_HINT = 1000;

    private final ObjectNode node;
    private final String pointer;

    Fields(ObjectNode node, String pointer) {
        this.node = node;
        this.pointer = pointer;
    }

    String pointer(String name) {
        return pointer + "/" + name;
    }

    MalformedPayloadException malformed(String name, String expected) {
        return new MalformedPayloadException(pointer(name), expected);
    }

    boolean has(String name) {
        return present(name) != null;
    }

    Fields object(String name) throws MalformedPayloadException {
        return required(name, optionalObject(name), "an object");
    }

    @Nullable
    Fields optionalObject(String name) throws MalformedPayloadException {
        JsonNode value = present(name);
        if (value == null) {
            return null;
        }
        if (!(value instanceof ObjectNode object)) {
            throw malformed(name, "an object");
        }
        return new Fields(object, pointer(name));
    }

    String text(String name) throws MalformedPayloadException {
        return required(name, optionalText(name), "a text");
    }

    @Nullable
    String optionalText(String name) throws MalformedPayloadException {
        JsonNode value = present(name);
        if (value == null) {
            return null;
        }
        if (!value.isTextual()) {
            throw malformed(name, "a text");
        }
        return whole(value.textValue());
    }

    /** A text that is only told on and proves nothing: empty where it is missing or something else, cut where too long. */
    String hint(String name) {
        String text = node.path(name).asText("");
        return whole(text.substring(0, Math.min(text.length(), MOST_HINT)));
    }

    /** The login name of the first of these people that has one, as a hint. */
    String login(String... people) {
        for (String person : people) {
            if (node.get(person) instanceof ObjectNode object) {
                Fields fields = new Fields(object, pointer(person));
                String login = fields.hint("login");
                String name = login.isEmpty() ? fields.hint("username") : login;
                if (!name.isEmpty()) {
                    return name;
                }
            }
        }
        return "";
    }

    private static String whole(String text) {
        return HALVES.matcher(text).replaceAll("\ufffd");
    }

    /** A moment as the forge writes it, in text or number, to be compared only; empty where there is none. */
    String time(String name) throws MalformedPayloadException {
        JsonNode value = present(name);
        if (value == null) {
            return "";
        }
        if (!value.isTextual() && !value.isNumber()) {
            throw malformed(name, "a moment");
        }
        return value.asText();
    }

    boolean flag(String name, boolean otherwise) throws MalformedPayloadException {
        JsonNode value = present(name);
        if (value == null) {
            return otherwise;
        }
        if (!value.isBoolean()) {
            throw malformed(name, "true or false");
        }
        return value.booleanValue();
    }

    /** An ordinal number, from 1. */
    long number(String name) throws MalformedPayloadException {
        JsonNode value = present(name);
        if (value == null || !value.isNumber() || value.longValue() < 1) {
            throw malformed(name, "an integer from 1 on");
        }
        return value.longValue();
    }

    CommitId commit(String name) throws MalformedPayloadException {
        return parsed(name, CommitId::new);
    }

    /** A commit, or null where the forge says by zeros that there is none. */
    @Nullable
    CommitId commitOrZero(String name) throws MalformedPayloadException {
        return CommitId.isZero(text(name)) ? null : commit(name);
    }

    /** A commit that may be left out, null or zero. */
    @Nullable
    CommitId optionalCommit(String name) throws MalformedPayloadException {
        return has(name) ? commitOrZero(name) : null;
    }

    RefName branch(String name) throws MalformedPayloadException {
        return parsed(name, RefName::branch);
    }

    /** A text that a value of the contract is made of; what that refuses is malformed. */
    <T> T parsed(String name, Function<String, T> make) throws MalformedPayloadException {
        String text = text(name);
        try {
            return make.apply(text);
        } catch (IllegalArgumentException e) {
            throw new MalformedPayloadException(pointer(name), expectation(e));
        }
    }

    /** The values' messages say what they want and, after a comma, what they got, which is nothing for an answer. */
    private static String expectation(IllegalArgumentException e) {
        String message = String.valueOf(e.getMessage());
        int got = message.indexOf(", got: ");
        return got < 0 ? message : message.substring(0, got);
    }

    private <T> T required(String name, @Nullable T value, String expected) throws MalformedPayloadException {
        if (value == null) {
            throw malformed(name, expected);
        }
        return value;
    }

    private @Nullable JsonNode present(String name) {
        JsonNode value = node.get(name);
        return value == null || value.isNull() ? null : value;
    }
}
