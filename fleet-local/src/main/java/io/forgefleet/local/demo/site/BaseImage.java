package io.forgefleet.local.demo.site;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.engine.BuildRequest;
import io.forgefleet.clients.engine.BuildResult;
import io.forgefleet.clients.engine.BuildTarget;
import io.forgefleet.clients.engine.Buildx;
import io.forgefleet.clients.registry.Registry;
import io.forgefleet.clients.tool.Programs;
import io.forgefleet.local.console.CommandFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

/**
 * The image that the sample is built from, made of this machine's busybox so that nothing need be pulled. Each is a
 * little different, so that the first build of a demo finds nothing in the engine's cache.
 *
 * @param engine that makes it
 * @param address of the registry where it is pushed to, and the engine finds it
 */
record BaseImage(String engine, String address, Registry registry) {

    /** Label of it and of every image that is built from it. */
    static final String LABEL = "io.forgefleet.demo";

    private static final String REPOSITORY = "base/busybox";
    private static final String TAG = "1";
    private static final Duration TIMEOUT = Duration.ofMinutes(3);
    private static final String DOCKERFILE = """
            FROM scratch
            COPY busybox /bin/busybox
            RUN ["/bin/busybox", "sh", "-c", "busybox --install -s /bin && mkdir -p /tmp /etc && chmod 1777 /tmp"]
            COPY demo /etc/demo
            CMD ["/bin/sh"]
            """;

    /** With its tag. */
    String name() {
        return address + "/" + REPOSITORY + ":" + TAG;
    }

    /**
     * Builds it and pushes it.
     *
     * @param folder a new one
     * @return the name
     */
    String make(Path folder, Map<String, String> environment)
            throws CommandFailure, ClientException, IOException, InterruptedException {
        Path busybox = Programs.find("busybox", environment.getOrDefault("PATH", ""))
                .orElseThrow(() -> new CommandFailure(
                        "the demo makes its base image of busybox, and there is none",
                        "apt-get install busybox-static"));
        Files.createDirectories(folder);
        Files.copy(busybox, folder.resolve("busybox"));
        String demo = UUID.randomUUID().toString();
        Files.writeString(folder.resolve("demo"), demo + "\n");
        Path dockerfile = Files.writeString(folder.resolve("Dockerfile"), DOCKERFILE);
        BuildTarget target = new BuildTarget(
                "base",
                folder,
                dockerfile,
                name(),
                Map.of(),
                Map.of(LABEL, demo),
                Instant.now(),
                Map.of(),
                Map.of(),
                Map.of(),
                List.of(),
                List.of(),
                List.of(),
                null);
        BuildRequest request =
                new BuildRequest(List.of(target), BuildRequest.Product.PUSHED_BY_DIGEST, null, false, false, TIMEOUT);
        BuildResult result = Buildx.ofEngine(engine, null, environment).build(request, event -> {});
        switch (result) {
            case BuildResult.Built built ->
                registry.tag(REPOSITORY, Objects.requireNonNull(built.digests().get(target.name())), TAG);
            case BuildResult.Failed failed ->
                throw new CommandFailure(
                        "the base image could not be made of " + busybox + ": " + failed.error(),
                        "is it static? apt-get install busybox-static");
        }
        return name();
    }
}
