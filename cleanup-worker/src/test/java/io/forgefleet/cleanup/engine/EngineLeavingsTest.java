package io.forgefleet.cleanup.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.engine.Engine;
import io.forgefleet.clients.registry.DockerCredentials;
import io.forgefleet.work.sandbox.Sandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On the real engine, with things of other people beside ours. */
class EngineLeavingsTest {

    private static final String ENGINE = "unix:///var/run/docker.sock";

    private final String run = "run-of-a-test-" + UUID.randomUUID();
    private final String ours = "registry-" + run + ".example/team";
    private final List<String> images = new ArrayList<>();

    @TempDir
    Path folder;

    private Engine engine;

    @BeforeEach
    void reach() throws Exception {
        engine = new Engine(
                ENGINE, null, new DockerCredentials(folder.resolve("config.json"), Map.of()), Duration.ofMinutes(1));
        boolean answers = true;
        try {
            engine.ping();
        } catch (ClientException e) {
            answers = false;
        }
        assumeTrue(answers, "no Docker engine answers at " + ENGINE);
    }

    @AfterEach
    void removeOwn() throws Exception {
        for (String image : images) {
            engine.remove(image);
        }
        engine.close();
    }

    @Test
    void takesLeavingsOfDeadRunsAndNothingOfAnybodyElse() throws Exception {
        String left = image(ours + "/app:pr-1-aaaaaaa", run);
        String working = image(ours + "/app:pr-2-bbbbbbb", run + "-live");
        String inherits = image("somebody-" + run + "/app:mine", run);
        String twice = image(ours + "/app:pr-3-ccccccc", run);
        tag(twice, "somebody-" + run + "/app", "kept");
        String unlabelled = image(ours + "/app:pr-4-ddddddd", "");
        String used = image(ours + "/app:pr-5-eeeeeee", run);
        String usesIt = container(used, "");
        String leftContainer = container(working, run);

        EngineLeavings.Swept swept;
        try {
            // runs of other people's fleets on this engine count as live
            swept = new EngineLeavings(engine, List.of(ours)).sweep(id -> !id.equals(run));
            assertThat(swept.images()).containsExactly(left);
            assertThat(swept.containers()).containsExactly(leftContainer);
            assertThat(engine.has(left)).isFalse();
            assertThat(engine.<String>call(
                            "inspect",
                            client -> client.inspectContainerCmd(usesIt).exec().getId()))
                    .as("a container of somebody's, whose label is its image's")
                    .isEqualTo(usesIt);
            for (String kept : List.of(working, inherits, twice, unlabelled, used)) {
                assertThat(engine.has(kept)).as(kept).isTrue();
            }
        } finally {
            engine.call(
                    "remove the test's container",
                    client -> client.removeContainerCmd(usesIt).withForce(true).exec());
        }
    }

    private String image(String name, String label) throws IOException, InterruptedException {
        Path context = Files.createTempDirectory(folder, "context");
        String dockerfile =
                "FROM scratch\nCOPY note /note\n" + (label.isEmpty() ? "" : "LABEL io.forgefleet.run=" + label) + "\n";
        Files.write(context.resolve("Dockerfile"), dockerfile.getBytes(UTF_8));
        Files.writeString(context.resolve("note"), name);
        Process build = new ProcessBuilder("docker", "buildx", "build", "--load", "-q", "-t", name, context.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("build.log").toFile())
                .start();
        assertThat(build.waitFor(2, TimeUnit.MINUTES)).isTrue();
        assertThat(build.exitValue())
                .as(Files.readString(folder.resolve("build.log")))
                .isZero();
        images.add(name);
        return name;
    }

    private void tag(String image, String repository, String tag) throws Exception {
        engine.call("tag", client -> client.tagImageCmd(image, repository, tag).exec());
        images.add(repository + ":" + tag);
    }

    private String container(String image, String label) throws Exception {
        return engine.call("make a container", client -> {
            var command = client.createContainerCmd(image).withCmd("/note");
            return (label.isEmpty()
                            ? command
                            : command.withLabels(Map.of("io.forgefleet.run", label, Sandbox.LABEL, "")))
                    .exec()
                    .getId();
        });
    }
}
