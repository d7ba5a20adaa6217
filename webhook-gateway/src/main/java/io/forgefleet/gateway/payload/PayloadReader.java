package io.forgefleet.gateway.payload;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;

/** Reads the outlined fields of a JSON object. The rest is skipped, but must be JSON too. */
final class PayloadReader {

    private static final int MOST_NESTING = 200;

    /** Of a field that is read; the longest is a comment. GitLab allows a million characters. */
    private static final int MOST_TEXT = 4 * 1024 * 1024;

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private static final JsonFactory FACTORY = new JsonFactoryBuilder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MOST_NESTING)
                    .maxStringLength(MOST_TEXT)
                    .build())
            .build();

    private PayloadReader() {}

    static Fields read(ByteBuffer json, Outline outline) throws MalformedPayloadException {
        try (JsonParser parser =
                FACTORY.createParser(json.array(), json.arrayOffset() + json.position(), json.remaining())) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new MalformedPayloadException("", "a JSON object");
            }
            ObjectNode root = object(parser, outline, "");
            if (parser.nextToken() != null) {
                throw new MalformedPayloadException("", "one JSON object and nothing after it");
            }
            return new Fields(root, "");
        } catch (JsonProcessingException e) {
            throw new MalformedPayloadException("", "JSON, at most " + MOST_NESTING + " levels deep" + place(e));
        } catch (IOException e) {
            throw new UncheckedIOException("reading an array in memory failed", e);
        }
    }

    private static String place(JsonProcessingException e) {
        JsonLocation at = e.getLocation();
        return at == null ? "" : "; it breaks at line " + at.getLineNr() + ", column " + at.getColumnNr();
    }

    private static ObjectNode object(JsonParser parser, Outline outline, String pointer)
            throws IOException, MalformedPayloadException {
        ObjectNode object = NODES.objectNode();
        String name = parser.nextFieldName();
        while (name != null) {
            parser.nextToken();
            Outline wanted = outline.field(name);
            if (wanted == null) {
                parser.skipChildren();
            } else {
                String at = pointer + "/" + name;
                if (object.replace(name, value(parser, wanted, at)) != null) {
                    throw new MalformedPayloadException(at, "one field of this name, not several");
                }
            }
            name = parser.nextFieldName();
        }
        return object;
    }

    /** Numbers that are no integers of 64 bits, and lists, are kept as an empty list: nothing that is wanted is one. */
    private static JsonNode value(JsonParser parser, Outline outline, String pointer)
            throws IOException, MalformedPayloadException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> object(parser, outline, pointer);
            case VALUE_STRING -> NODES.textNode(parser.getText());
            case VALUE_TRUE -> NODES.booleanNode(true);
            case VALUE_FALSE -> NODES.booleanNode(false);
            case VALUE_NULL -> NODES.nullNode();
            case VALUE_NUMBER_INT -> integer(parser);
            default -> {
                parser.skipChildren();
                yield NODES.arrayNode(0);
            }
        };
    }

    private static JsonNode integer(JsonParser parser) throws IOException {
        return parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
                ? NODES.arrayNode(0)
                : NODES.numberNode(parser.getLongValue());
    }
}
