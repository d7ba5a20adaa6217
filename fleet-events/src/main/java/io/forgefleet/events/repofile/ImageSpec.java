package io.forgefleet.events.repofile;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One image of a repository.
 *
 * @param name lower-case letters, digits and single inner separators, as a path segment of an OCI repository
 * @param dockerfile path within the repository, never leading out of it
 * @param context path of the build context within the repository; {@code .} is the whole
 * @param target stage of the Dockerfile; null for the last
 * @param args build arguments; none whose name looks like a secret's, since they stay in the image
 * @param platforms {@code os/arch[/variant]}; empty means the builder's own
 * @param secrets names of configured secrets that its build may mount ({@code RUN --mount=type=secret}); no others are there
 */
public record ImageSpec(
        String name,
        String dockerfile,
        String context,
        @Nullable String target,
        Map<String, String> args,
        List<String> platforms,
        List<String> secrets) {

    public ImageSpec {
        args = Map.copyOf(args);
        platforms = List.copyOf(platforms);
        secrets = List.copyOf(secrets);
    }

    /** The same for other platforms. */
    public ImageSpec onPlatforms(List<String> others) {
        return new ImageSpec(name, dockerfile, context, target, args, others, secrets);
    }

    /** One whose build is told nothing. */
    public ImageSpec(String name, String dockerfile, String context) {
        this(name, dockerfile, context, null, Map.of(), List.of(), List.of());
    }
}
