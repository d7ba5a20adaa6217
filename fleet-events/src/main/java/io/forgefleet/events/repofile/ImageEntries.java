package io.forgefleet.events.repofile;

import io.forgefleet.events.Glob;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the sections {@code images} and {@code ciImages}; a name is used once in both. */
final class ImageEntries {

    private static final int MOST_IMAGES = 32;
    private static final Pattern NAME = Pattern.compile("[a-z0-9]+((\\.|_|-)[a-z0-9]+)*");
    static final Pattern PLATFORM = Pattern.compile("[a-z0-9]+/[a-z0-9_]+(/[a-z0-9]+)?");
    private static final Pattern SECRET = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}");
    static final Pattern ARGUMENT = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,99}");
    private static final Pattern STAGE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,99}");

    /** Whole words only: a {@code KEYBOARD} or an {@code AUTHOR} is nobody's secret. */
    static final Pattern SECRETS_NAME = Pattern.compile(
            "(?i)(.*[_-])?(token|secrets?|passw(or)?d|pwd|passphrase|credentials?|api_?key|private_?key|access_?key"
                    + "|secret_?key|auth)([_-].*)?");

    private static final Set<String> IMAGE_FIELDS =
            Set.of("name", "dockerfile", "context", "target", "args", "platforms", "secrets");
    private static final Set<String> CI_FIELDS =
            Set.of("name", "dockerfile", "context", "target", "args", "platforms", "secrets", "rebuildOn", "pinIn");

    private final Set<String> names = new HashSet<>();

    List<ImageSpec> images(Entry root) {
        List<Entry> entries = root.entries("images", MOST_IMAGES, "images");
        List<ImageSpec> images = new ArrayList<>();
        for (Entry entry : entries) {
            entry.known(IMAGE_FIELDS);
            images.add(image(entry, entries.size() == 1 ? "image" : null));
        }
        return images;
    }

    List<CiImageSpec> ciImages(Entry root) {
        List<CiImageSpec> images = new ArrayList<>();
        for (Entry entry : root.entries("ciImages", MOST_IMAGES, "images")) {
            entry.known(CI_FIELDS);
            ImageSpec image = image(entry, null);
            List<Glob> inputs = new ArrayList<>(entry.globs("rebuildOn", List.of()));
            if (image.dockerfile().length() <= 255 && !image.dockerfile().isBlank()) {
                inputs.add(Glob.of(image.dockerfile()));
            }
            images.add(new CiImageSpec(image, inputs, entry.globs("pinIn", List.of())));
        }
        return images;
    }

    private ImageSpec image(Entry entry, @Nullable String defaultName) {
        String name = entry.text("name", defaultName);
        requireName(entry, name, names);
        String target = entry.has("target") ? entry.text("target", null) : null;
        if (target != null && !STAGE.matcher(target).matches()) {
            entry.error("target", "the name of a stage was expected");
        }
        return new ImageSpec(
                name,
                entry.path("dockerfile", "Dockerfile"),
                entry.path("context", "."),
                target,
                arguments(entry),
                entry.texts("platforms", PLATFORM, "a list of platforms like linux/amd64 was expected", false),
                entry.texts(
                        "secrets",
                        SECRET,
                        "a list of names of secrets was expected, each once, of letters, digits, '.', '_', '-'",
                        true));
    }

    /** A path segment of a repository, used once. */
    static void requireName(Entry entry, String name, Set<String> used) {
        if (!NAME.matcher(name).matches() || name.length() > 100) {
            entry.error("name", "lower-case letters, digits and single '.', '_', '-' between them were expected");
        } else if (!used.add(name)) {
            entry.error("name", "'" + name + "' is used twice");
        }
    }

    private static Map<String, String> arguments(Entry entry) {
        Map<String, String> arguments = entry.map("args");
        for (String name : arguments.keySet()) {
            if (!ARGUMENT.matcher(name).matches()) {
                entry.error("args/" + name, "letters, digits and '_' were expected");
            } else if (SECRETS_NAME.matcher(name).matches()) {
                entry.error(
                        "args/" + name,
                        "looks like a secret, and build arguments stay in the image for all to read: name it under"
                                + " secrets, and use it in the Dockerfile by RUN --mount=type=secret,id=…");
            }
        }
        return arguments;
    }
}
