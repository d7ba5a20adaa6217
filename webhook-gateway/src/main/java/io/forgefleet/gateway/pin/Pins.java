package io.forgefleet.gateway.pin;

import io.forgefleet.events.image.Digest;
import io.forgefleet.gateway.pin.YamlText.Span;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;

/**
 * Pins of images in workflow files of GitHub, Gitea, Forgejo and GitLab. The file is parsed to find out where it names the
 * image; the text is then edited there and nowhere else.
 */
public final class Pins {

    private static final Pattern VERSION = Pattern.compile("deps-[0-9a-f]{8,64}(-r[0-9]{1,4})?");
    private static final Pattern VERSION_COMMENT = Pattern.compile("#[ \\t]*(" + VERSION.pattern() + ")(?=[ \\t]|$)");
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._:/-]{0,300}");

    /** A change of the text. */
    private record Change(int end, String by) {}

    private final String path;
    private final String text;
    private final YamlText yaml;
    private final List<ScalarNode> scalars = new ArrayList<>();

    private Pins(String path, String text) throws MalformedWorkflowException {
        this.path = path;
        this.text = text;
        this.yaml = YamlText.parse(path, text);
        for (Node document : yaml.documents()) {
            scalars.addAll(ImageScalars.of(path, document));
        }
    }

    /** The text of a file, which has to be UTF-8 so that it can be written back as it was. */
    public static String decode(String path, byte[] content) throws MalformedWorkflowException {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(content))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new MalformedWorkflowException(path, 1, 1, "it is not UTF-8", e);
        }
    }

    /**
     * Pins an image: each place that names it, whatever the tag or digest, becomes {@code image@digest # version}. A comment
     * that shows such a version is replaced, another one kept behind it; no comment is written on a line that names several
     * images. Doing it again changes nothing.
     *
     * @param path of the file, which tells its dialect; where it does not, its content does
     * @param image name without tag and digest, as workflows write it: {@code registry.example/team/app/ci}
     * @param version tag to show, {@code deps-0123456789ab}
     */
    public static PinEdit edit(String path, String text, String image, Digest digest, String version)
            throws MalformedWorkflowException {
        if (!VERSION.matcher(version).matches()) {
            throw new IllegalArgumentException("version must be deps- and hexadecimal digits, got: " + version);
        }
        return new Pins(path, text).edit(named(image), digest, version);
    }

    /** Places that name an image by a tag that may move, {@code latest} and none included. */
    public static List<PinPlace> floating(String path, String text, String image) throws MalformedWorkflowException {
        return floating(path, text, named(image)::equals);
    }

    /** As {@link #floating(String, String, String)}, of all images whose name without tag and digest is wanted. */
    public static List<PinPlace> floating(String path, String text, Predicate<String> wanted)
            throws MalformedWorkflowException {
        Pins pins = new Pins(path, text);
        return pins.scalars.stream()
                .filter(scalar -> {
                    ImageValue value = value(scalar);
                    return wanted.test(value.name()) && value.floats();
                })
                .map(pins::place)
                .toList();
    }

    private static String named(String image) {
        if (!NAME.matcher(image).matches() || !ImageValue.of(image).name().equals(image)) {
            throw new IllegalArgumentException("image must be a name without tag and digest, got: " + image);
        }
        return image;
    }

    private PinEdit edit(String image, Digest digest, String version) {
        Map<Integer, Change> changes = new TreeMap<>();
        List<PinPlace> pinned = new ArrayList<>();
        List<PinPlace> left = new ArrayList<>();
        Set<Integer> sharedLines = sharedLines();
        for (ScalarNode scalar : scalars) {
            ImageValue value = value(scalar);
            if (!value.mayName(image)) {
                continue;
            }
            Span span = yaml.value(scalar);
            if (span == null || value.hasExpressions()) {
                left.add(place(scalar));
                continue;
            }
            String prefix = isDocker(scalar) ? ImageScalars.DOCKER : "";
            changes.put(span.start(), new Change(span.end(), prefix + image + "@" + digest));
            pinned.add(place(scalar));
            if (!sharedLines.contains(scalar.getEndMark().getLine())) {
                comment(scalar, span, version, changes);
            }
        }
        return new PinEdit(applied(changes), pinned, left);
    }

    /** Lines on which several images end: a version there would be shown for all of them. */
    private Set<Integer> sharedLines() {
        Set<Integer> lines = new HashSet<>();
        Set<Integer> shared = new HashSet<>();
        for (ScalarNode scalar : scalars) {
            if (!lines.add(scalar.getEndMark().getLine())) {
                shared.add(scalar.getEndMark().getLine());
            }
        }
        return shared;
    }

    private void comment(ScalarNode scalar, Span value, String version, Map<Integer, Change> changes) {
        int end = value.end() + (scalar.isPlain() ? 0 : 1);
        Span rest = yaml.restOfLine(end);
        int comment = yaml.comment(rest);
        Matcher known = VERSION_COMMENT.matcher(text).region(comment, rest.end());
        if (known.lookingAt()) {
            changes.put(known.start(1), new Change(known.end(1), version));
        } else if (!yaml.isInScalar(rest.end())) {
            int at = comment;
            while (at > end && Character.isWhitespace(text.charAt(at - 1))) {
                at--;
            }
            changes.merge(at, new Change(at, " # " + version), (value1, added) -> value1);
        }
    }

    private String applied(Map<Integer, Change> changes) {
        StringBuilder edited = new StringBuilder();
        int at = 0;
        for (Map.Entry<Integer, Change> change : changes.entrySet()) {
            edited.append(text, at, change.getKey()).append(change.getValue().by());
            at = change.getValue().end();
        }
        return edited.append(text, at, text.length()).toString();
    }

    private static boolean isDocker(ScalarNode scalar) {
        return scalar.getValue().startsWith(ImageScalars.DOCKER);
    }

    private static ImageValue value(ScalarNode scalar) {
        return ImageValue.of(
                isDocker(scalar) ? scalar.getValue().substring(ImageScalars.DOCKER.length()) : scalar.getValue());
    }

    private PinPlace place(ScalarNode scalar) {
        return new PinPlace(
                path, scalar.getStartMark().getLine() + 1, scalar.getStartMark().getColumn() + 1, scalar.getValue());
    }
}
