package io.forgefleet.build.ciimage;

import static org.assertj.core.api.Assertions.assertThat;

import io.forgefleet.events.image.TrustClass;
import io.forgefleet.events.repofile.CiImageSpec;
import io.forgefleet.events.repofile.ImageSpec;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class InputsTest {

    private static final ImageSpec PLAIN = new ImageSpec("ci", "ci/Dockerfile", ".");
    private static final Map<String, String> FILES = Map.of("ci/Dockerfile", "a1", "uv.lock", "b2");

    @Test
    void whateverABuildIsToldChangesTheHash() {
        List<String> hashes = Stream.of(
                        of(PLAIN, FILES, Map.of()),
                        of(PLAIN, Map.of("ci/Dockerfile", "b2", "uv.lock", "a1"), Map.of()),
                        of(PLAIN, Map.of("ci/Dockerfile", "a1", "uv.lock2", "b2"), Map.of()),
                        of(PLAIN, Map.of("ci/Dockerfile", "a1"), Map.of()),
                        of(PLAIN, FILES, Map.of("python:3", "mirror/python:3")),
                        of(PLAIN, FILES, Map.of("python:3", "mirror/python:3.12")),
                        of(spec("ci/Dockerfile", "ci", null, Map.of(), List.of()), FILES, Map.of()),
                        of(spec("uv.lock", ".", null, Map.of(), List.of()), FILES, Map.of()),
                        of(spec("ci/Dockerfile", ".", "test", Map.of(), List.of()), FILES, Map.of()),
                        of(spec("ci/Dockerfile", ".", null, Map.of("A", "1"), List.of()), FILES, Map.of()),
                        of(spec("ci/Dockerfile", ".", null, Map.of("A", "2"), List.of()), FILES, Map.of()),
                        of(spec("ci/Dockerfile", ".", null, Map.of(), List.of("linux/arm64")), FILES, Map.of()))
                .toList();
        assertThat(Set.copyOf(hashes)).hasSize(hashes.size());
    }

    @Test
    void theOrderInWhichThingsAreNamedDoesNot() {
        List<String> one = List.of("linux/amd64", "linux/arm64");
        assertThat(of(spec("ci/Dockerfile", ".", null, Map.of(), one), FILES, Map.of()))
                .isEqualTo(of(spec("ci/Dockerfile", ".", null, Map.of(), one.reversed()), FILES, Map.of()));
    }

    @Test
    void eachTagSaysWhoseBuildItIs() {
        Inputs inputs = new Inputs("0123456789abcdef".repeat(4));
        assertThat(inputs.tag(TrustClass.PROTECTED, Inputs.SHORTEST, 1)).isEqualTo("deps-0123456789ab");
        assertThat(inputs.tag(TrustClass.PROTECTED, Inputs.SHORTEST, 2)).isEqualTo("deps-0123456789ab-r2");
        assertThat(inputs.tag(TrustClass.BRANCH, Inputs.SHORTEST, 1)).isEqualTo("deps-0123456789ab-branch");
        assertThat(Stream.of(TrustClass.values())
                        .map(builtBy -> inputs.tag(builtBy, Inputs.SHORTEST, 1))
                        .collect(Collectors.toSet()))
                .hasSize(3);
    }

    private static ImageSpec spec(
            String dockerfile, String context, String target, Map<String, String> args, List<String> platforms) {
        return new ImageSpec("ci", dockerfile, context, target, args, platforms, List.of());
    }

    private static String of(ImageSpec image, Map<String, String> files, Map<String, String> baseImages) {
        return Inputs.of(new CiImageSpec(image, List.of(), List.of()), new TreeMap<>(files), baseImages)
                .hash();
    }
}
