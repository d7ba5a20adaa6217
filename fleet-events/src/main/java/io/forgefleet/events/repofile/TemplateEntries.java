package io.forgefleet.events.repofile;

import io.forgefleet.events.Glob;
import io.forgefleet.events.repofile.TemplateSpec.Engine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Reads the section {@code templateDatabases}. */
final class TemplateEntries {

    private static final int MOST_TEMPLATES = 16;
    private static final int LONGEST_COMMAND = 4096;
    private static final Pattern VERSION = Pattern.compile("[1-9][0-9]?(\\.[0-9]{1,3})?");
    private static final Pattern IMAGE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._/:@-]{0,399}");
    private static final Pattern EXTENSION = Pattern.compile("[a-z0-9][a-z0-9_-]{0,62}");
    private static final Set<String> FIELDS = Set.of(
            "name", "engine", "version", "key", "image", "command", "extensions", "environment", "network", "timeout");

    private TemplateEntries() {}

    /** @param ciImages that an entry may name as its image */
    static List<TemplateSpec> read(Entry root, List<CiImageSpec> ciImages) {
        Set<String> images = ciImages.stream().map(CiImageSpec::name).collect(Collectors.toSet());
        Set<String> names = new HashSet<>();
        List<TemplateSpec> templates = new ArrayList<>();
        for (Entry entry : root.entries("templateDatabases", MOST_TEMPLATES, "template databases")) {
            entry.known(FIELDS);
            String name = entry.text("name", null);
            ImageEntries.requireName(entry, name, names);
            template(entry, name, images).ifPresent(templates::add);
        }
        return templates;
    }

    private static Optional<TemplateSpec> template(Entry entry, String name, Set<String> images) {
        Optional<Engine> engine =
                switch (entry.text("engine", null)) {
                    case "sqlite" -> Optional.of(Engine.SQLITE);
                    case "postgresql" -> Optional.of(Engine.POSTGRESQL);
                    default -> {
                        entry.error("engine", "one of sqlite, postgresql was expected");
                        yield Optional.empty();
                    }
                };
        List<Glob> key = entry.globs("key", List.of());
        if (key.isEmpty()) {
            entry.error("key", "patterns of the files were expected whose content makes the database what it is");
        }
        String command = command(entry);
        Optional<Duration> timeout = entry.duration("timeout");
        Optional<String> version = engine.map(known -> version(entry, known));
        return engine.map(known -> new TemplateSpec(
                name,
                known,
                version.orElse(""),
                key,
                image(entry, images),
                command,
                entry.texts(
                        "extensions",
                        EXTENSION,
                        "a list of names of extensions was expected, each once, of lower-case letters, digits, '_', '-'",
                        true),
                environment(entry),
                entry.flag("network", false),
                timeout.orElse(null)));
    }

    static String command(Entry entry) {
        String command = entry.text("command", null);
        if (command.isBlank() || command.length() > LONGEST_COMMAND) {
            entry.error("command", "a command of 1 to " + LONGEST_COMMAND + " characters was expected");
        }
        return command;
    }

    private static String version(Entry entry, Engine engine) {
        if (engine == Engine.SQLITE) {
            if (entry.has("version")) {
                entry.error("version", "a file of SQLite has no server's version; take it out");
            }
            return "";
        }
        String version = entry.word("version");
        if (!VERSION.matcher(version).matches()) {
            entry.error("version", "the server's version was expected, such as 17 or \"16.4\"");
        }
        return version;
    }

    private static String image(Entry entry, Set<String> images) {
        String image = entry.text("image", null);
        boolean reference = image.indexOf(':') > 0 || image.indexOf('@') > 0;
        if (!IMAGE.matcher(image).matches() || !(images.contains(image) || reference)) {
            entry.error(
                    "image", "the name of one of the ciImages was expected, or a reference with its tag or its digest");
        }
        return image;
    }

    static Map<String, String> environment(Entry entry) {
        Map<String, String> environment = entry.map("environment");
        for (String name : environment.keySet()) {
            if (!ImageEntries.ARGUMENT.matcher(name).matches()) {
                entry.error("environment/" + name, "letters, digits and '_' were expected");
            } else if (ImageEntries.SECRETS_NAME.matcher(name).matches()) {
                entry.error(
                        "environment/" + name,
                        "looks like a secret, and this is for all to read: no secret can be given to the command");
            }
        }
        return environment;
    }
}
