package io.forgefleet.runtime.config;

import io.forgefleet.runtime.config.document.Forms;
import io.forgefleet.runtime.config.document.Section;
import java.net.URI;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A registry that images are pushed to. Credentials are those of docker's own configuration.
 *
 * @param name unique
 * @param address {@code host[:port][/path]} as the engine sees it, and as image names have it
 * @param api the same as the workers see it
 * @param plainHttp whether it is spoken to without TLS
 * @param kind how it lets go of images: as its address tells, unless it is said
 * @param management where the API is by which images are deleted, as far as it is not the registry's own; null for where
 *     registries of the kind have it
 */
public record RegistryConfig(
        String name,
        String address,
        String api,
        boolean plainHttp,
        RegistryKind kind,
        @Nullable URI management) {

    private static final String EXPECTED = "host[:port][/path] in lower case, without http://,";
    private static final Pattern ADDRESS =
            Pattern.compile("([a-z0-9.-]+|\\[[0-9a-f:]+])(:[0-9]{1,5})?(/[a-z0-9]+((\\.|_{1,2}|-+)[a-z0-9]+)*)*");

    enum Capabilities {
        /** What the registry can do is found out by asking it. */
        PROBE
    }

    static RegistryConfig read(Section section) {
        String address = section.requiredParsed("address", EXPECTED, text -> Forms.matching(ADDRESS, text), "invalid");
        section.word("capabilities", Capabilities.class, Capabilities.PROBE);
        return new RegistryConfig(
                section.requiredParsed("name", Forms.NAME, Forms::name, "unnamed"),
                address,
                section.parsed("api", EXPECTED, text -> Forms.matching(ADDRESS, text), address),
                section.flag("plainHttp", false),
                section.word("kind", RegistryKind.class, RegistryKind.of(address)),
                section.optional("management", Forms.URL, Forms::url).orElse(null));
    }
}
