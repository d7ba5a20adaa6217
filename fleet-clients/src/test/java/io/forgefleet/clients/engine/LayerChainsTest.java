package io.forgefleet.clients.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.forgefleet.clients.engine.BuildResult.LayerSteps;
import io.forgefleet.clients.engine.LayerChains.Vertex;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Steps as BuildKit was seen to tell them. */
class LayerChainsTest {

    private final Map<String, Vertex> vertices = new LinkedHashMap<>();

    private void step(String digest, boolean cached, String name, String... inputs) {
        vertices.put(digest, new Vertex(name, Arrays.asList(inputs), cached));
    }

    private List<String> chains(String target) {
        return new LayerChains(vertices)
                .of(target).stream().map(LayerChainsTest::told).toList();
    }

    private static String told(LayerSteps chain) {
        return chain.stage() + ":"
                + String.join(
                        "",
                        chain.steps().stream()
                                .map(step -> " " + step.instruction() + (step.cached() ? "*" : ""))
                                .toList());
    }

    @Test
    void leadsThroughStagesButNotIntoWhatIsOnlyCopiedFrom() {
        step("ctx", false, "[cli internal] load build context");
        step("a", true, "[cli base 1/2] COPY busybox /bin/busybox", "ctx");
        step("b", true, "[cli base 2/2] WORKDIR /w", "a");
        step("c", false, "[cli builder 1/1] COPY a /a", "b", "ctx");
        step("d", true, "[cli final 1/2] RUN touch /t", "b");
        step("e", false, "[cli final 2/2] COPY --from=builder /built /built", "d", "c");
        step("f", false, "[server 1/1] COPY busybox /bin/busybox", "ctx");
        assertThat(chains("cli")).containsExactly("cli final: COPY* WORKDIR* RUN* COPY");
        assertThat(chains("server")).containsExactly("server: COPY");
    }

    @Test
    void endsAtTheBaseImage() {
        step("from", true, "[1/3] FROM registry.example/debian:bookworm@sha256:1");
        step("a", true, "[2/3] RUN apt-get update", "from", "other");
        step("b", false, "[3/3] ADD x y", "a", "ctx");
        assertThat(chains("")).containsExactly(": RUN* ADD");
    }

    @Test
    void seesThroughLinksAndKeepsPlatformsApart() {
        step("base", true, "[linux/arm64 base 1/1] COPY busybox /bin/busybox", "ctx");
        step("copy", true, "[linux/arm64 stage-1 1/2] COPY --link a /a", "ctx");
        step("link", true, "[linux/arm64 stage-1 1/2] LINK COPY --link a /a", "base", "copy");
        step("run", false, "[linux/arm64 stage-1 2/2] RUN make", "link");
        step("other", false, "[linux/amd64 stage-1 1/1] RUN make", "ctx");
        assertThat(chains("")).containsExactly("linux/arm64 stage-1: COPY* COPY* RUN", "linux/amd64 stage-1: RUN");
        List<LayerSteps> told = new LayerChains(vertices).of("");
        assertThat(told.getFirst().isOf("linux/arm64")).isTrue();
        assertThat(told.getFirst().isOf("linux/arm")).isFalse();
    }

    @Test
    void saysNothingWhereAStepIsMissing() {
        step("a", true, "[1/3] COPY a /a", "ctx");
        step("c", false, "[3/3] COPY c /c", "a", "ctx");
        assertThat(chains("")).isEmpty();
        vertices.clear();
        step("b", false, "[2/3] COPY b /b", "ctx");
        assertThat(chains("")).as("what comes after it was not told").isEmpty();
    }
}
