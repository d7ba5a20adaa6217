package io.forgefleet.clients.engine;

import io.forgefleet.clients.engine.BuildResult.LayerStep;
import io.forgefleet.clients.engine.BuildResult.LayerSteps;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which steps made the layers of an image. BuildKit tells of each step what it builds upon, the file system first: from a step
 * that nothing builds upon, and is so the last of an image, that leads down to the base.
 */
final class LayerChains {

    /**
     * A step of a Dockerfile as BuildKit tells it.
     *
     * @param inputs digests of the steps that it builds upon
     */
    record Vertex(String name, List<String> inputs, boolean cached) {}

    /** {@code [cli linux/arm64 base 2/5] COPY a b}: stage with all before it, number, of how many, what it does. */
    private static final Pattern NAME = Pattern.compile(
            "\\[(?<stage>[^\\]]*?) ?(?<number>\\d+)/(?<of>\\d+)\\] (LINK )?(?<instruction>\\w+).*", Pattern.DOTALL);

    private final Map<String, Vertex> vertices;

    /** @param vertices all of a build, by digest */
    LayerChains(Map<String, Vertex> vertices) {
        this.vertices = vertices;
    }

    /**
     * Those of one target.
     *
     * @param target as a build of several has it in the names of steps; empty in a build of one
     */
    List<LayerSteps> of(String target) {
        Set<String> built = new HashSet<>();
        vertices.values().forEach(vertex -> built.addAll(vertex.inputs()));
        List<LayerSteps> chains = new ArrayList<>();
        vertices.forEach((digest, vertex) -> {
            Matcher name = NAME.matcher(vertex.name());
            boolean ofTarget = target.isEmpty() || vertex.name().startsWith("[" + target + " ");
            if (ofTarget && name.matches() && !built.contains(digest)) {
                chain(vertex, name).ifPresent(steps -> chains.add(new LayerSteps(name.group("stage"), steps)));
            }
        });
        return List.copyOf(chains);
    }

    /** Empty where it does not lead down step by step: then something is not as it is known to be. */
    private Optional<List<LayerStep>> chain(Vertex last, Matcher lastName) {
        List<LayerStep> steps = new ArrayList<>();
        Vertex vertex = last;
        Matcher name = lastName;
        boolean ends = number(name, "number") == number(name, "of");
        while (ends && !name.group("instruction").equals("FROM")) {
            steps.addFirst(new LayerStep(name.group("instruction"), vertex.cached()));
            Vertex below = below(vertex);
            if (below == null) {
                return number(name, "number") == 1 ? Optional.of(steps) : Optional.empty();
            }
            Matcher next = NAME.matcher(below.name());
            ends = next.matches() && follows(next, name);
            vertex = below;
            name = next;
        }
        return ends ? Optional.of(steps) : Optional.empty();
    }

    /** The one before in the same stage, or the last of another stage before the first. */
    private static boolean follows(Matcher below, Matcher above) {
        return number(above, "number") == 1
                ? number(below, "number") == number(below, "of")
                : below.group("stage").equals(above.group("stage"))
                        && number(below, "number") == number(above, "number") - 1;
    }

    /** What a step adds its layer to; null for an empty file system. */
    private @Nullable Vertex below(Vertex vertex) {
        Vertex first =
                vertex.inputs().isEmpty() ? null : vertices.get(vertex.inputs().getFirst());
        return first == null || !NAME.matcher(first.name()).matches() ? null : first;
    }

    private static int number(Matcher name, String group) {
        return Integer.parseInt(name.group(group));
    }
}
