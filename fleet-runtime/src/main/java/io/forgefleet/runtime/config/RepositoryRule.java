package io.forgefleet.runtime.config;

import io.forgefleet.events.Glob;
import io.forgefleet.events.RepositoryId;
import io.forgefleet.runtime.config.document.Forms;
import io.forgefleet.runtime.config.document.Section;
import io.forgefleet.runtime.config.release.ReleaseRule;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What holds for the repositories that it matches; of several rules the first that matches.
 *
 * @param forge name of the forge, or {@code *} for all
 * @param path owner/name pattern
 * @param images name of the registry for the images
 * @param copyTo names of further registries that get each image too, under the same tag
 * @param protectedBranches beside the default branch, which always is protected
 * @param buildBranches the branches whose pushes are built
 * @param secrets BuildKit secret mounts by id; never for builds of forks
 * @param strangers who may have the code of strangers built
 * @param frontends the images that may interpret a Dockerfile ({@code # syntax=})
 * @param baseImages the images that stand in for those that a Dockerfile names
 * @param scan what images may not have; null where they are not scanned
 * @param release who may release, and with what; null where nothing is released or signed
 * @param imageTar when images are kept as files beside the registry
 * @param webhookSecrets further secrets that a webhook of these repositories may be signed with
 */
public record RepositoryRule(
        String forge,
        Glob path,
        String images,
        List<String> copyTo,
        List<Glob> protectedBranches,
        List<Glob> buildBranches,
        Map<String, Secret> secrets,
        Strangers strangers,
        List<Glob> frontends,
        Map<String, String> baseImages,
        @Nullable ScanRule scan,
        @Nullable ReleaseRule release,
        KeepTar imageTar,
        List<Secret> webhookSecrets) {

    /**
     * Who may have pull requests of strangers built, beside those who say {@code /ok-to-test} and may write.
     *
     * @param label that approves a commit when somebody sets it who may write; null for none
     * @param users whose own pull requests are built without a word
     */
    public record Strangers(@Nullable String label, List<String> users) {

        public Strangers {
            users = List.copyOf(users);
        }

        static Strangers read(Section section) {
            return new Strangers(
                    section.optional("label", "the name of a label", text -> text)
                            .orElse(null),
                    section.elements("users", "the name of an account", text -> text, List.of()));
        }

        /** Whether an account is listed; names of accounts have no case. */
        public boolean trusts(String login) {
            return users.stream().anyMatch(user -> user.equalsIgnoreCase(login));
        }
    }

    /** When an image is kept as a file too. */
    public enum KeepTar {
        OFF,
        ON,
        /** When its push has failed for good. */
        PUSH_FAILED
    }

    private static final List<Glob> FRONTENDS = List.of(
            Glob.of("docker/dockerfile"),
            Glob.of("docker/dockerfile:*"),
            Glob.of("docker.io/docker/dockerfile"),
            Glob.of("docker.io/docker/dockerfile:*"));

    private static final Pattern MATCH =
            Pattern.compile("(\\*|[a-z0-9-]{1,40}):\\S+/\\S+|(\\*|[a-z0-9-]{1,40}):\\*\\*");
    private static final List<Glob> ALL = List.of(Glob.of("**"));

    public RepositoryRule {
        copyTo = List.copyOf(copyTo);
        protectedBranches = List.copyOf(protectedBranches);
        buildBranches = List.copyOf(buildBranches);
        secrets = Map.copyOf(secrets);
        frontends = List.copyOf(frontends);
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
                section.texts("copyTo", List.of()),
                branches(section, "protectedBranches", List.of()),
                branches(section, "buildBranches", ALL),
                Secret.readMap(section, "secrets", id -> false),
                section.mapping("strangers", Strangers::read),
                section.elements("frontends", "a pattern such as docker/dockerfile:*", Glob::of, FRONTENDS),
                section.map("baseImages"),
                section.has("scan") ? section.mapping("scan", ScanRule::read) : null,
                section.has("release") ? section.mapping("release", ReleaseRule::read) : null,
                section.word("imageTar", KeepTar.class, KeepTar.OFF),
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
