package io.forgefleet.clients.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forgefleet.clients.ClientException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BuildProgressTest {

    private final List<BuildEvent> events = new ArrayList<>();
    private final BuildProgress progress = new BuildProgress(events::add);

    private void read(String text) throws IOException {
        new JsonSequence(progress::object, progress::word).read(new ByteArrayInputStream(text.getBytes(UTF_8)));
    }

    private static String log(String vertex, String text) {
        return "{\"logs\":[{\"vertex\":\"%s\",\"stream\":1,\"data\":\"%s\"}]}"
                .formatted(vertex, Base64.getEncoder().encodeToString(text.getBytes(UTF_8)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "\n\n  "})
    void readsObjectsOnOneLineAndOnMany(String between) throws IOException {
        read("""
                WARN: something
                {"vertexes":[{"digest":"a","name":"[1/2] RUN echo \\"}{\\"","started":"2026-01-01T00:00:00Z"}]}""" + between + """
                {
                  "vertexes": [
                    {"digest": "a", "name": "x",
                     "started": "2026-01-01T00:00:00Z", "completed": "2026-01-01T00:00:02Z", "cached": true}
                  ]
                }
                """);
        assertThat(events)
                .containsExactly(
                        new BuildEvent.Warning("WARN: something"),
                        new BuildEvent.StepStarted("[1/2] RUN echo \"}{\""),
                        new BuildEvent.StepEnded("[1/2] RUN echo \"}{\"", true, Duration.ofSeconds(2), null));
    }

    /** As BuildKit names them, with several targets and platforms, and with images that stand in for others. */
    @Test
    void tellsTheImagesThatItWasBuiltUponByDigestOnly() throws IOException {
        String digest = "@sha256:" + "a".repeat(64);
        String other = "@sha256:" + "b".repeat(64);
        for (String name : List.of(
                "[1/2] FROM docker.io/library/debian:bookworm" + digest,
                "[app linux/arm64 base 1/2] FROM docker.io/library/debian:bookworm" + digest,
                "[context python:3] registry.example/mirror/python:3" + other,
                "[context node:24] registry.example/mirror/node:24",
                "[2/2] RUN echo FROM evil" + other,
                "[internal] load metadata for docker.io/library/debian:bookworm")) {
            read("{\"vertexes\":[{\"digest\":\"" + name + "\",\"name\":\"" + name + "\"}]}");
        }
        assertThat(progress.report(Duration.ZERO, List.of()).bases())
                .containsExactly(
                        "docker.io/library/debian:bookworm" + digest, "registry.example/mirror/python:3" + other);
    }

    @Test
    void joinsPartsOfLines() throws IOException {
        read("{\"vertexes\":[{\"digest\":\"a\",\"name\":\"[1/1] RUN x\",\"started\":\"2026-01-01T00:00:00Z\"}]}");
        read(log("a", "on") + log("a", "e\ntwo\nloading 1%\rloading 100%\nthr"));
        read("{\"vertexes\":[{\"digest\":\"a\",\"name\":\"[1/1] RUN x\",\"completed\":\"2026-01-01T00:00:00Z\"}]}");
        assertThat(events.stream()
                        .filter(BuildEvent.LogLine.class::isInstance)
                        .map(event -> ((BuildEvent.LogLine) event).line()))
                .containsExactly("one", "two", "loading 100%", "thr");
    }

    @Test
    void boundsALineWithoutEnd() throws IOException {
        read("{\"vertexes\":[{\"digest\":\"a\",\"name\":\"[1/1] RUN x\",\"started\":\"2026-01-01T00:00:00Z\"}]}");
        read(log("a", "x".repeat(100_000)));
        assertThat(events.getLast()).isInstanceOfSatisfying(BuildEvent.LogLine.class, line -> assertThat(line.line())
                .hasSizeLessThan(5000));
    }

    @Test
    void refusesAnObjectWithoutEnd() {
        assertThatThrownBy(() -> read("{\"a\":\"" + "x".repeat(9 << 20))).isInstanceOf(IOException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ERROR: failed to solve: Unavailable: error reading from server: EOF",
                "ERROR: Cannot connect to the Docker daemon at unix:///x. Is the docker daemon running?",
                "ERROR: failed to solve: write /var/lib/x: no space left on device",
                "ERROR: failed to solve: a/b:1: failed to resolve source metadata: unexpected status from HEAD request: 503 Service Unavailable",
                "ERROR: failed to solve: a/b:1: unexpected status code 429 Too Many Requests",
                "ERROR: something nobody has seen before",
                "Killed"
            })
    void tellsTroubleAroundTheBuild(String last) throws IOException {
        read(last + "\n");
        assertThatThrownBy(() -> progress.failed("r/a:t", 1, Duration.ZERO))
                .isInstanceOfSatisfying(
                        ClientException.class, e -> assertThat(e.retryable()).isTrue());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ERROR: failed to solve: dockerfile parse error on line 1: unknown instruction: FORM",
                "ERROR: failed to solve: docker.io/library/x:nosuch: not found",
                "ERROR: failed to solve: target stage \"x\" could not be found",
                "ERROR: failed to solve: base name (${X}) should not be blank"
            })
    void tellsTheDockerfilesFault(String last) throws Exception {
        read(last + "\n");
        assertThat(progress.failed("r/a:t", 1, Duration.ZERO).error()).isEqualTo(last.substring(7));
    }
}
