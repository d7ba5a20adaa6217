package io.forgefleet.local.template;

import io.forgefleet.events.wire.Json;
import io.forgefleet.events.wire.MalformedRecordException;
import io.forgefleet.work.template.StoredTemplate;
import io.forgefleet.work.template.TemplateCache;
import io.forgefleet.work.template.TemplateKey;
import io.forgefleet.work.template.TemplateKey.Part;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * The databases on this machine, and which recipe of which repository each was last found for: so a second pull asks nobody. Several
 * processes may share the folder. Thread-safe.
 */
final class RememberedTemplates {

    private static final long MOST_BYTES = 4L << 30;

    /** What was found for a recipe. */
    private record Note(String key) {}

    private final TemplateCache databases;
    private final Path recipes;
    private final Path scratch;

    RememberedTemplates(Path folder) {
        databases = new TemplateCache(folder.resolve("databases"), MOST_BYTES);
        recipes = folder.resolve("recipes");
        scratch = folder.resolve("scratch");
    }

    /** Below the user's cache, where nothing else is said. */
    static Path usualFolder(Map<String, String> environment) {
        String own = environment.getOrDefault("FLEET_TEMPLATE_CACHE", "");
        if (!own.isEmpty()) {
            return Path.of(own);
        }
        String cache = environment.getOrDefault("XDG_CACHE_HOME", "");
        Path parent = cache.startsWith("/")
                ? Path.of(cache)
                : Path.of(environment.getOrDefault("HOME", System.getProperty("java.io.tmpdir")), ".cache");
        return parent.resolve("forgefleet").resolve("templates");
    }

    TemplateCache databases() {
        return databases;
    }

    Path scratch() {
        return scratch;
    }

    /** What was found for a recipe, if it is still here. */
    Optional<StoredTemplate> find(String repository, Recipe recipe) {
        try {
            Note note = Json.read(Files.readAllBytes(note(repository, recipe)), Note.class);
            return databases.find(note.key());
        } catch (IOException | MalformedRecordException e) {
            return Optional.empty();
        }
    }

    void remember(String repository, Recipe recipe, StoredTemplate template) throws IOException {
        Path part = Files.createDirectories(recipes).resolve("." + UUID.randomUUID() + ".part");
        try {
            Files.write(part, Json.write(new Note(template.key())));
            Files.move(
                    part,
                    note(repository, recipe),
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    /** Another repository's code may have made another database from the same files. */
    private Path note(String repository, Recipe recipe) {
        List<Part> parts = new ArrayList<>(recipe.parts());
        parts.add(new Part("repository", repository));
        parts.add(new Part("name", recipe.spec().name()));
        return recipes.resolve(TemplateKey.hash(parts) + ".json");
    }
}
