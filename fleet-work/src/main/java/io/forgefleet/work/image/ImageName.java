package io.forgefleet.work.image;

import io.forgefleet.events.RepositoryId;
import io.forgefleet.events.repofile.ImageSpec;
import io.forgefleet.runtime.claim.ClaimKeys;
import io.forgefleet.runtime.config.RegistryConfig;
import io.forgefleet.work.template.TemplateStore;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Where an image lies, as the engine and as the workers name it.
 *
 * @param reference registry as the engine sees it, and path: {@code registry.example/team/app/cli}
 * @param host the registry's host as the workers see it
 * @param repository path there: {@code team/app/cli}
 */
public record ImageName(String reference, String host, String repository) {

    /** A path segment of the distribution specification. */
    private static final Pattern SEGMENT = Pattern.compile("[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*");

    private static final Pattern OTHERS = Pattern.compile("[^a-z0-9]+");

    /**
     * Names an image.
     *
     * @param among all images of the repository: one alone has the repository's name
     */
    public static ImageName of(RegistryConfig registry, RepositoryId repository, ImageSpec image, int among) {
        return below(registry, repository, among == 1 ? "" : "/" + image.name());
    }

    /** Names a template database. */
    public static ImageName ofTemplate(RegistryConfig registry, RepositoryId repository, String template) {
        return below(registry, repository, "/" + TemplateStore.FOLDER + "/" + template);
    }

    /** Names what lies beside the images of a repository. */
    public static ImageName inside(RegistryConfig registry, RepositoryId repository, String name) {
        return below(registry, repository, "/" + name);
    }

    private static ImageName below(RegistryConfig registry, RepositoryId repository, String inside) {
        String path =
                Stream.of(repository.path().split("/")).map(ImageName::segment).collect(Collectors.joining("/"))
                        + inside;
        String[] api = registry.api().split("/", 2);
        return new ImageName(registry.address() + "/" + path, api[0], api.length == 1 ? path : api[1] + "/" + path);
    }

    /** With a tag, as the engine names it. */
    public String tagged(String tag) {
        return reference + ":" + tag;
    }

    /** What is claimed by who is to give the image a tag. */
    public String tagClaim(String tag) {
        return ClaimKeys.ofTag(reference(), tag);
    }

    /** Forges take names that registries do not; two that would become one get the hash of their own behind. */
    private static String segment(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return SEGMENT.matcher(lower).matches()
                ? lower
                : OTHERS.matcher("r." + lower).replaceAll("-").replaceAll("-+$", "") + "-" + ShortHash.of(lower);
    }
}
