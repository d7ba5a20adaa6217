package io.forgefleet.runtime.config;

import io.forgefleet.events.Glob;
import io.forgefleet.events.RepositoryId;
import io.forgefleet.runtime.config.document.Forms;
import io.forgefleet.runtime.config.document.Section;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What holds for the repositories that it matches; of several rules the first that matches.
 *
 * @param forge name of the forge, or {@code *} for all
 * @param path owner/name pattern
 * @param images name of the registry for the images
 * @param protectedBranches beside the default branch, which always is protected
 * @param buildBranches the branches whose pushes are built
 * @param secrets BuildKit secret mounts by id; never for builds of forks
 * @param baseImages the images that stand in for those that a Dockerfile names
 * @param webhookSecrets further secrets that a webhook of these repositories may be signed with
 */
public record RepositoryRule(
        String forge,
        Glob path,
        String images,
        List<Glob> protectedBranches,
        List<Glob> buildBranches,
        Map<String, Secret> secrets,
        Map<String, String> baseImages,
        List<Secret> webhookSecrets) {

    private static final Pattern MATCH =
            Pattern.compile("(\\*|[a-z0-9-]{1,40}):\\S+/\\S+|(\\*|[a-z0-9-]{1,40}):\\*\\*");
    private static final List<Glob> ALL = List.of(Glob.of("**"));

    public RepositoryRule {
        protectedBranches = List.copyOf(protectedBranches);
        buildBranches = List.copyOf(buildBranches);
        secrets = Map.copyOf(secrets);
        baseImages = Map.copyOf(baseImages);
        webhookSecrets = List.copyOf(webhookSecrets);
    }

    /** @param onlyRegistry what {@code images} is where it is absent; empty when it must not be */
    static RepositoryRule read(Section section, String onlyRegistry) {
        String match = section.requiredParsed(
                "match", "a pattern such as codeberg:team/*", RepositoryRule::pattern, "invalid:invalid/invalid");
        if (onlyRegistry.isEmpty()) {
            section.require("images", "the name of a registry");
        }
        int colon = match.indexOf(':');
        return new RepositoryRule(
                match.substring(0, colon),
                Glob.ignoringCase(match.substring(colon + 1)),
                section.text("images", onlyRegistry),
                branches(section, "protectedBranches", List.of()),
                branches(section, "buildBranches", ALL),
                Secret.readMap(section, "secrets", id -> false),
                section.map("baseImages"),
                Secret.readAll(section, "webhookSecrets"));
    }

    private static String pattern(String text) {
        Forms.matching(MATCH, text);
        return text.substring(0, text.indexOf(':') + 1) + Glob.ignoringCase(text.substring(text.indexOf(':') + 1));
    }

    private static List<Glob> branches(Section section, String key, List<Glob> otherwise) {
        return section.elements(key, "a pattern such as release/*", Glob::of, otherwise);
    }

    public boolean matches(RepositoryId repository) {
        return (forge.equals("*") || forge.equals(repository.forge())) && path.matches(repository.path());
    }

    /**
     * Whether a branch is one of the protected ones; the default branch is protected whatever this says.
     *
     * @param branch its short name
     */
    public boolean isProtected(String branch) {
        return protectedBranches.stream().anyMatch(glob -> glob.matches(branch));
    }

    /**
     * Whether pushes to a branch are built.
     *
     * @param branch its short name
     */
    public boolean builds(String branch) {
        return buildBranches.stream().anyMatch(glob -> glob.matches(branch));
    }
}
