package io.forgefleet.events.repofile;

import java.util.List;

/**
 * One image of a repository.
 *
 * @param name lower-case letters, digits and single inner separators, as a path segment of an OCI repository
 * @param dockerfile path within the repository, never leading out of it
 * @param context path of the build context within the repository; {@code .} is the whole
 * @param platforms {@code os/arch[/variant]}; empty means the builder's own
 * @param secrets names of configured secrets that its build may mount ({@code RUN --mount=type=secret}); no others are there
 */
public record ImageSpec(String name, String dockerfile, String context, List<String> platforms, List<String> secrets) {

    public ImageSpec {
        platforms = List.copyOf(platforms);
        secrets = List.copyOf(secrets);
    }
}
