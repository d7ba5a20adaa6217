package io.forgefleet.gateway.pin;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.reader.ReaderException;

/** A YAML text and where its scalars stand in it. Offsets are of chars, ends exclusive. */
final class YamlText {

    /** A stretch of the text. */
    record Span(int start, int end) {}

    private static final int MOST_ALIASES = 1000;
    private static final String BREAKS = "\r\n\u0085\u2028\u2029";

    private final String text;
    private final boolean oneCharEach;
    private final List<Node> documents = new ArrayList<>();
    private final List<Span> scalars = new ArrayList<>();

    private YamlText(String text) {
        this.text = text;
        this.oneCharEach = text.chars().noneMatch(c -> Character.isSurrogate((char) c));
    }

    static YamlText parse(String path, String text) throws MalformedWorkflowException {
        LoaderOptions options = new LoaderOptions();
        options.setMaxAliasesForCollections(MOST_ALIASES);
        YamlText yaml = new YamlText(text);
        try {
            new Yaml(options).composeAll(new StringReader(text)).forEach(yaml.documents::add);
        } catch (MarkedYAMLException e) {
            Mark at = e.getProblemMark() == null ? e.getContextMark() : e.getProblemMark();
            throw new MalformedWorkflowException(
                    path, at == null ? 1 : at.getLine() + 1, at == null ? 1 : at.getColumn() + 1, why(e), e);
        } catch (ReaderException e) {
            String before = text.substring(
                    0, text.offsetByCodePoints(0, Math.min(e.getPosition(), text.codePointCount(0, text.length()))));
            int line = (int) before.lines().count();
            int column = before.length() - Math.max(before.lastIndexOf('\n'), before.lastIndexOf('\r'));
            throw new MalformedWorkflowException(
                    path, Math.max(line, 1), column, "character " + e.getCodePoint() + " is not allowed", e);
        } catch (YAMLException e) {
            throw new MalformedWorkflowException(path, 1, 1, String.valueOf(e.getMessage()), e);
        }
        Set<Node> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        yaml.documents.forEach(document -> yaml.collect(document, seen));
        return yaml;
    }

    private static String why(MarkedYAMLException e) {
        return (e.getContext() == null ? "" : e.getContext() + ", ") + e.getProblem();
    }

    private void collect(@Nullable Node node, Set<Node> seen) {
        if (node == null || !seen.add(node)) {
            return;
        }
        switch (node) {
            case ScalarNode scalar -> scalars.add(span(scalar));
            case SequenceNode sequence -> sequence.getValue().forEach(item -> collect(item, seen));
            case MappingNode mapping ->
                mapping.getValue().forEach(entry -> {
                    collect(entry.getKeyNode(), seen);
                    collect(entry.getValueNode(), seen);
                });
            default -> {}
        }
    }

    List<Node> documents() {
        return documents;
    }

    /** Where a scalar's anchor, tag and text stand. */
    private Span span(ScalarNode scalar) {
        return new Span(
                offset(scalar.getStartMark().getIndex()),
                offset(scalar.getEndMark().getIndex()));
    }

    private int offset(int codePoints) {
        return oneCharEach ? codePoints : text.offsetByCodePoints(0, codePoints);
    }

    /** Where the value of a plain or quoted scalar stands, without its quotes; null when it cannot be edited in place. */
    @Nullable
    Span value(ScalarNode scalar) {
        Span whole = span(scalar);
        if (scalar.getScalarStyle() == ScalarStyle.PLAIN) {
            int start = whole.end() - scalar.getValue().length();
            boolean plain = start >= whole.start() && text.startsWith(scalar.getValue(), start);
            return plain ? new Span(start, whole.end()) : null;
        }
        int start = afterProperties(whole);
        char quote = start < whole.end() ? text.charAt(start) : ' ';
        boolean quoted =
                (quote == '"' || quote == '\'') && whole.end() - 1 > start && text.charAt(whole.end() - 1) == quote;
        return quoted ? new Span(start + 1, whole.end() - 1) : null;
    }

    private int afterProperties(Span whole) {
        int at = whole.start();
        while (at < whole.end() && (text.charAt(at) == '&' || text.charAt(at) == '!')) {
            while (at < whole.end() && !Character.isWhitespace(text.charAt(at))) {
                at++;
            }
            while (at < whole.end() && Character.isWhitespace(text.charAt(at))) {
                at++;
            }
        }
        return at;
    }

    /** From an offset to the end of its line, without the break. */
    Span restOfLine(int from) {
        int end = from;
        while (end < text.length() && BREAKS.indexOf(text.charAt(end)) < 0) {
            end++;
        }
        return new Span(from, end);
    }

    /** Where the comment begins in a stretch of one line that begins outside of all scalars; its end when there is none. */
    int comment(Span rest) {
        for (int at = rest.start(); at < rest.end(); at++) {
            boolean mark = text.charAt(at) == '#' && at > 0 && Character.isWhitespace(text.charAt(at - 1));
            if (mark && !isInScalar(at)) {
                return at;
            }
        }
        return rest.end();
    }

    /** Whether a scalar goes on there: a comment would become part of it. */
    boolean isInScalar(int offset) {
        return scalars.stream().anyMatch(scalar -> scalar.start() < offset && offset < scalar.end());
    }
}
