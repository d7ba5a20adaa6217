package io.forgefleet.work.sandbox;

import io.forgefleet.events.image.Digest;
import io.forgefleet.events.job.RunId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * A command to be run.
 *
 * @param image registry and repository, as the engine reaches them
 * @param files copied to {@link Sandbox#WORKSPACE}, where the command starts
 * @param command for {@code /bin/sh -c}
 * @param environment beside the image's own; no secrets
 * @param network whether it has any
 * @param what names what comes of it; its caller holds the claim on that, so that a container of the same task is left over
 */
public record SandboxTask(
        String image,
        Digest digest,
        Path files,
        String command,
        Map<String, String> environment,
        boolean network,
        Duration timeout,
        String what,
        RunId run) {

    public SandboxTask {
        environment = Map.copyOf(environment);
    }
}
