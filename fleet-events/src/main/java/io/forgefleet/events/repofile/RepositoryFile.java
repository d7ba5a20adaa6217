package io.forgefleet.events.repofile;

import io.forgefleet.events.Glob;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What {@code .forgefleet.yml} declares.
 *
 * @param images at least one, with distinct names
 * @param cacheKey files whose content names a build cache that all branches share; none for no such cache
 * @param ciImages with names distinct from each other and from those of the images
 * @param templateDatabases with names distinct from each other
 * @param release what tags are released as; null where they are not
 * @param retention how long its images are kept, as far as it says
 */
public record RepositoryFile(
        List<ImageSpec> images,
        List<Glob> cacheKey,
        List<CiImageSpec> ciImages,
        List<TemplateSpec> templateDatabases,
        @Nullable ReleaseSpec release,
        RetentionSpec retention) {

    /** Where it lies in a repository. */
    public static final String PATH = ".forgefleet.yml";

    /** Dockerfiles, and what package managers write down about what they install. */
    static final List<Glob> CACHE_KEY = Stream.of(
                    "**/Dockerfile*",
                    "**/*.lock",
                    "**/package-lock.json",
                    "**/pnpm-lock.yaml",
                    "**/requirements*.txt",
                    "**/pyproject.toml",
                    "**/go.sum",
                    "**/pom.xml",
                    "**/*.gradle",
                    "**/*.gradle.kts")
            .map(Glob::of)
            .toList();

    public RepositoryFile {
        images = List.copyOf(images);
        cacheKey = List.copyOf(cacheKey);
        ciImages = List.copyOf(ciImages);
        templateDatabases = List.copyOf(templateDatabases);
    }

    /**
     * The file's JSON Schema, for editors: it refuses what the parser refuses, but for names that are used twice and those of CI
     * images that are not there.
     */
    public static String schema() {
        try (InputStream in = Objects.requireNonNull(RepositoryFile.class.getResourceAsStream("schema.json"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("a resource of this program could not be read", e);
        }
    }

    /** What a repository without the file but with a {@code Dockerfile} declares: that one image. */
    public static RepositoryFile ofDockerfile() {
        return new RepositoryFile(
                List.of(new ImageSpec("image", "Dockerfile", ".")),
                CACHE_KEY,
                List.of(),
                List.of(),
                null,
                RetentionSpec.UNSAID);
    }

    /** The same without any image of its own. */
    public RepositoryFile withoutImages() {
        return new RepositoryFile(List.of(), cacheKey, ciImages, templateDatabases, release, retention);
    }
}
