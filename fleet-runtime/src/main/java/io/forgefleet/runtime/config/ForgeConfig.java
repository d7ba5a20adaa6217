package io.forgefleet.runtime.config;

import io.forgefleet.events.ForgeKind;
import io.forgefleet.events.Glob;
import io.forgefleet.events.RepositoryId;
import io.forgefleet.runtime.config.document.Forms;
import io.forgefleet.runtime.config.document.Section;
import java.net.URI;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A forge whose webhooks are taken at {@code /webhooks/{name}}.
 *
 * @param name lower-case letters, digits, inner dashes; unique
 * @param url where people and git reach it, without a slash at the end
 * @param token for its API and for git; null for what anybody may read
 * @param webhookSecrets any of them may have signed a webhook, so that they can be changed one after the other
 * @param repositories owner/name patterns; what none of them matches is of no interest
 */
public record ForgeConfig(
        String name,
        ForgeKind kind,
        URI url,
        @Nullable Secret token,
        List<Secret> webhookSecrets,
        List<Glob> repositories) {

    private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?");

    public ForgeConfig {
        webhookSecrets = List.copyOf(webhookSecrets);
        repositories = List.copyOf(repositories);
    }

    static ForgeConfig read(Section section) {
        section.require("repositories", "a list of patterns such as team/*");
        return new ForgeConfig(
                section.requiredParsed(
                        "name",
                        "a name of up to 40 lower-case letters, digits and inner dashes",
                        text -> Forms.matching(NAME, text),
                        "unnamed"),
                section.requiredParsed("kind", Forms.oneOf(ForgeKind.class), ForgeKind::parse, ForgeKind.FORGEJO),
                section.requiredParsed("url", Forms.URL, Forms::url, URI.create("http://invalid")),
                Secret.read(section, "token"),
                Secret.readAll(section, "webhookSecrets"),
                section.elements("repositories", "a pattern such as team/*", Glob::ignoringCase, List.of()));
    }

    /** Whether events of the repository are wanted. */
    public boolean covers(RepositoryId repository) {
        return repository.forge().equals(name)
                && repositories.stream().anyMatch(glob -> glob.matches(repository.path()));
    }
}
