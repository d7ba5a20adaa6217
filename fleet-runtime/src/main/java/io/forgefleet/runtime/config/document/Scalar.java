package io.forgefleet.runtime.config.document;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One value of a document.
 *
 * @param variable the environment variable that it comes from; null when it stands in the text
 */
record Scalar(Document document, String path, @Nullable String variable, JsonNode node) {

    static final String TEXT = "a text";

    private static final String NOT_HERE =
            "a secret does not stand in this file: keep it in an environment variable and write \"${env:NAME}\" here,"
                    + " or in a file and write \"${file:/path}\"";
    private static final int LONGEST_SECRET = 64 * 1024;
    private static final Pattern REFERENCE = Pattern.compile("\\$\\{(env|file):([^{}]+)}");
    private static final Pattern DURATION = Pattern.compile("([1-9][0-9]{0,8})(ms|s|m|h|d)");

    /** The text made into something; empty after an error. */
    <T> Optional<T> parsed(String expected, Function<String, T> reader) {
        if (!node.isTextual()) {
            boolean quotable = node.isValueNode() && expected.equals(TEXT);
            error(expected + " was expected, got " + describe(node) + (quotable ? "; put it in quotes" : ""));
            return Optional.empty();
        }
        try {
            return Optional.of(reader.apply(node.textValue()));
        } catch (IllegalArgumentException e) {
            error(expected + " was expected, got " + describe(node));
            return Optional.empty();
        }
    }

    <E extends Enum<E>> Optional<E> word(Class<E> words) {
        // YAML 1.1 has on and off as other words for true and false, and does not tell which stood there
        Scalar written = node.isBoolean()
                ? new Scalar(document, path, variable, TextNode.valueOf(node.booleanValue() ? "on" : "off"))
                : this;
        return written.parsed(Forms.oneOf(words), text -> Forms.parseWord(words, text));
    }

    String text() {
        return parsed(TEXT, text -> text).orElse("");
    }

    int number(int inError, int least, int most) {
        try {
            long number =
                    fromVariable() ? Long.parseLong(node.textValue()) : node.isInt() ? node.intValue() : most + 1L;
            if (number >= least && number <= most) {
                return (int) number;
            }
        } catch (NumberFormatException e) {
            // told below
        }
        error("a whole number from " + least + " to " + most + " was expected, got " + describe(node));
        return inError;
    }

    boolean flag(boolean inError) {
        String text =
                fromVariable() ? node.textValue().toLowerCase(Locale.ROOT) : node.isBoolean() ? node.asText() : "";
        if (!text.equals("true") && !text.equals("false")) {
            error("true or false was expected, got " + describe(node));
            return inError;
        }
        return text.equals("true");
    }

    /** The secret that a reference names, or that the environment holds itself; no message of its has any part of it. */
    String secret() {
        Matcher reference = REFERENCE.matcher(node.isTextual() ? node.textValue() : "");
        if (reference.matches()) {
            return resolved(reference.group(1), reference.group(2));
        }
        if (fromVariable()) {
            return node.textValue();
        }
        error(NOT_HERE);
        return "";
    }

    /** What a secret is named by; null after an error, which has no part of what stood there. */
    @Nullable
    SecretReference reference() {
        Matcher reference = REFERENCE.matcher(node.isTextual() ? node.textValue() : "");
        try {
            if (reference.matches()) {
                return reference.group(1).equals("env")
                        ? new SecretReference.Variable(reference.group(2))
                        : new SecretReference.InFile(document.folder().resolve(reference.group(2)));
            }
            error(NOT_HERE);
        } catch (InvalidPathException e) {
            error("a path was expected in ${file:…}");
        }
        return null;
    }

    /** A value that need not be a secret, but may be a reference. */
    String plainOrSecret() {
        boolean reference =
                node.isTextual() && REFERENCE.matcher(node.textValue()).matches();
        if (reference) {
            return secret();
        }
        return node.isNumber() || node.isBoolean() ? node.asText() : text();
    }

    private String resolved(String source, String name) {
        String secret = source.equals("env") ? document.environmentValue(name) : content(name);
        if (secret == null) {
            error("environment variable " + name + ", which ${env:" + name + "} names, is not set or blank");
            return "";
        }
        return secret;
    }

    private String content(String name) {
        String reference = "the file of ${file:" + name + "} ";
        try {
            Path file = document.folder().resolve(name);
            if (Files.size(file) > LONGEST_SECRET) {
                error(reference + "is larger than " + LONGEST_SECRET + " bytes");
                return "";
            }
            String content = Files.readString(file).replaceFirst("\\r?\\n\\z", "");
            if (content.isBlank()) {
                error(reference + "is empty");
            }
            return content;
        } catch (NoSuchFileException | InvalidPathException e) {
            error(reference + "does not exist");
        } catch (CharacterCodingException e) {
            error(reference + "is not a text in UTF-8");
        } catch (IOException e) {
            error(reference + "could not be read: " + e.getClass().getSimpleName());
        }
        return "";
    }

    private boolean fromVariable() {
        return variable != null;
    }

    private void error(String message) {
        document.error(path, variable, message);
    }

    static Duration duration(String text) {
        Matcher matcher = DURATION.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(text);
        }
        long count = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(count);
            case "s" -> Duration.ofSeconds(count);
            case "m" -> Duration.ofMinutes(count);
            case "h" -> Duration.ofHours(count);
            default -> Duration.ofDays(count);
        };
    }

    /** What a value is, for an error. Texts are cut: somebody may have put a file there. */
    static String describe(JsonNode node) {
        return switch (node.getNodeType()) {
            case STRING -> '"' + cut(node.textValue()) + '"';
            case NUMBER -> "number " + cut(node.asText());
            case BOOLEAN -> node.asText();
            case ARRAY -> "a list";
            case OBJECT -> "a mapping";
            default -> "nothing";
        };
    }

    private static String cut(String text) {
        String shown = text.replaceAll("//[^/@]*@", "//•••@");
        return shown.length() <= 80 ? shown : shown.substring(0, 80) + "…";
    }
}
