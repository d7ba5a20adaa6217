package io.forgefleet.work.sandbox;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.ClientException.Kind;
import io.forgefleet.clients.engine.Engine;
import io.forgefleet.clients.engine.container.ContainerSpec;
import io.forgefleet.clients.engine.container.Containers;
import io.forgefleet.clients.engine.container.TarFiles;
import io.forgefleet.clients.registry.DockerCredentials;
import io.forgefleet.events.image.Digest;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs commands of repositories, each in a container of its own on one engine: no capability, no new privileges, no socket, no
 * folder of the host, no secret, and no network unless asked for. Files go in and come out by the engine's archive API, so the engine
 * may be on another machine. Thread-safe.
 */
public final class Sandbox implements AutoCloseable {

    /** Where a command starts, with its files. */
    public static final String WORKSPACE = "/workspace";

    /** The folder that a command leaves its files in. */
    public static final String OUTPUTS = "/outputs";

    /** On each container, with the second of the epoch after which it is left over. */
    public static final String LABEL = "io.forgefleet.sandbox";

    private static final String WHAT = "io.forgefleet.sandbox.what";
    private static final String RUN = "io.forgefleet.run";

    private static final Logger LOG = LoggerFactory.getLogger(Sandbox.class);
    private static final Duration SILENCE = Duration.ofMinutes(2);
    private static final Duration PROBE = Duration.ofSeconds(5);
    private static final Duration PULL = Duration.ofMinutes(10);
    private static final Duration LAST_LINES = Duration.ofSeconds(5);

    /** For copying in and out, and for clocks that differ. */
    private static final Duration AROUND = Duration.ofMinutes(10);

    private static final int MOST_LINES = 5_000;
    private static final int MOST_CHARACTERS = 1 << 20;
    private static final int MOST_NAMES = 1_000;

    private final SandboxLimits limits;
    private final Path scratch;
    private final Engine engine;
    private final Engine probe;

    /** Never times out of itself: a command may be silent for as long as it may run. */
    private final Engine patient;

    /**
     * Connects with the first command, not before.
     *
     * @param endpoint of the engine
     * @param scratch a folder for files on their way
     * @param longest that a command may run
     */
    public Sandbox(
            String endpoint, DockerCredentials credentials, SandboxLimits limits, Path scratch, Duration longest) {
        this.limits = limits;
        this.scratch = scratch;
        this.engine = new Engine(endpoint, null, credentials, SILENCE);
        this.probe = new Engine(endpoint, null, credentials, PROBE);
        this.patient = new Engine(endpoint, null, credentials, longest.plus(AROUND));
    }

    /** Whether its engine answers. */
    public boolean answers() throws InterruptedException {
        try {
            probe.ping();
            return true;
        } catch (ClientException e) {
            LOG.debug("sandbox: {}", e.getMessage());
            return false;
        }
    }

    /** Its engine, for people. */
    public String endpoint() {
        return engine.endpoint();
    }

    /**
     * Runs a command to its end. Whatever happens, its container is removed, or is {@link #sweep swept} later when this process
     * dies.
     *
     * @param outputs the folders whose files come back when it succeeds, each to an empty one here; {@link #OUTPUTS} is there
     *     before it starts
     * @param log gets what it prints, up to a bound
     * @throws TarFiles.TooMuchException when it leaves more than it may
     */
    public SandboxResult run(SandboxTask task, Map<String, Path> outputs, Consumer<String> log)
            throws IOException, ClientException, InterruptedException {
        removeLeftOver(task.what());
        Containers containers = new Containers(engine);
        String id = containers.create(spec(task, present(task.image(), task.digest()), null));
        try {
            copyIn(containers, id, task.files());
            SandboxResult result = run(containers, id, task, log);
            if (!result.succeeded()) {
                return result;
            }
            List<String> left = new ArrayList<>();
            for (Map.Entry<String, Path> each : outputs.entrySet()) {
                left.addAll(copyOut(containers, id, each.getKey(), each.getValue()));
            }
            return result.leaving(left);
        } finally {
            remove(id);
        }
    }

    /**
     * The same beside a server; what is taken is what the server leaves in the end.
     *
     * @param outputs an empty folder for the files that the server leaves
     * @throws ServerFailedException when the server does not do its part
     */
    public SandboxResult run(SandboxTask task, SandboxServer server, Path outputs, Consumer<String> log)
            throws ServerFailedException, IOException, ClientException, InterruptedException {
        removeLeftOver(task.what());
        Containers containers = new Containers(engine);
        String beside = containers.create(spec(task, server, present(server.image(), server.digest())));
        try {
            containers.start(beside);
            require(beside, server, server.ready(), false);
            String id = containers.create(spec(task, present(task.image(), task.digest()), beside));
            SandboxResult result;
            try {
                copyIn(containers, id, task.files());
                result = run(containers, id, task, log);
            } finally {
                remove(id);
            }
            if (!result.succeeded()) {
                return result;
            }
            require(beside, server, server.finish(), true);
            return result.leaving(copyOut(containers, beside, server.outputs(), outputs));
        } finally {
            remove(beside);
        }
    }

    private void require(String container, SandboxServer server, String command, boolean ready)
            throws ServerFailedException, ClientException, InterruptedException {
        BoundedLog lines = new BoundedLog(line -> LOG.debug("beside: {}", line), MOST_LINES, MOST_CHARACTERS);
        OptionalInt exit =
                new Containers(patient).execute(container, List.of("/bin/sh", "-c", command), server.within(), lines);
        if (exit.isEmpty() || exit.getAsInt() != 0) {
            throw new ServerFailedException(ready, lines.last());
        }
    }

    private String present(String image, Digest digest) throws ClientException, InterruptedException {
        String reference = image + "@" + digest;
        if (!engine.has(reference)) {
            engine.pull(image, digest, PULL);
        }
        return reference;
    }

    private SandboxResult run(Containers containers, String id, SandboxTask task, Consumer<String> log)
            throws IOException, ClientException, InterruptedException {
        BoundedLog lines = new BoundedLog(log, MOST_LINES, MOST_CHARACTERS);
        long began = System.nanoTime();
        containers.start(id);
        OptionalInt exit;
        Duration took;
        try (Containers.Following following = new Containers(patient).follow(id, lines)) {
            exit = new Containers(patient).await(id, task.timeout());
            took = Duration.ofNanos(System.nanoTime() - began);
            if (exit.isPresent() && !following.await(LAST_LINES)) {
                LOG.info("the last lines of {} did not come", task.what());
            }
        }
        if (exit.isEmpty()) {
            return new SandboxResult(-1, true, false, lines.last(), took, List.of());
        }
        if (exit.getAsInt() != 0) {
            boolean outOfMemory = containers.outOfMemory(id);
            return new SandboxResult(exit.getAsInt(), false, outOfMemory, lines.last(), took, List.of());
        }
        return new SandboxResult(0, false, false, lines.last(), took, List.of());
    }

    private ContainerSpec spec(SandboxTask task, String reference, @Nullable String beside) {
        return new ContainerSpec(
                reference,
                List.of("/bin/sh", "-c", task.command()),
                WORKSPACE,
                task.environment(),
                labels(task, task.timeout()),
                task.network(),
                beside,
                null,
                limits.cpus(),
                limits.memory(),
                limits.processes());
    }

    private ContainerSpec spec(SandboxTask task, SandboxServer server, String reference) {
        return new ContainerSpec(
                reference,
                List.of("/bin/sh", "-c", server.start()),
                "/tmp",
                Map.of(),
                labels(task, task.timeout().plus(server.within().multipliedBy(2))),
                task.network(),
                null,
                server.user(),
                limits.cpus(),
                limits.memory(),
                limits.processes());
    }

    private static Map<String, String> labels(SandboxTask task, Duration longest) {
        Instant leftOver = Instant.now().plus(longest).plus(AROUND);
        String until = Long.toString(leftOver.getEpochSecond());
        return Map.of(LABEL, until, WHAT, task.what(), RUN, task.run().value());
    }

    private void copyIn(Containers containers, String id, Path files)
            throws IOException, ClientException, InterruptedException {
        Path tar = Files.createTempFile(Files.createDirectories(scratch), "files", ".tar");
        try {
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(tar))) {
                TarFiles.write(files, WORKSPACE.substring(1), List.of(OUTPUTS.substring(1)), out);
            }
            try (InputStream in = Files.newInputStream(tar)) {
                containers.copyIn(id, in);
            }
        } finally {
            Files.deleteIfExists(tar);
        }
    }

    private List<String> copyOut(Containers containers, String id, String folder, Path outputs)
            throws IOException, ClientException, InterruptedException {
        try (InputStream tar = containers.copyOut(id, folder)) {
            return TarFiles.unpack(tar, outputs, limits.outputBytes(), MOST_NAMES);
        } catch (ClientException e) {
            if (e.kind() == Kind.NOT_FOUND) {
                return List.of(); // it took the folder away, or never made it
            }
            throw e;
        }
    }

    /** Whoever has the claim on what comes of it, and begins, knows that nobody else is at it. */
    private void removeLeftOver(String what) throws ClientException, InterruptedException {
        for (Containers.Found found : new Containers(engine).labelled(WHAT + "=" + what)) {
            removeLeftOver(found);
        }
    }

    private void removeLeftOver(Containers.Found found) throws ClientException, InterruptedException {
        LOG.info(
                "sandbox {} was left over by run {}", found.id(), found.labels().get(RUN));
        new Containers(engine).remove(found.id());
    }

    /** Removes the containers of workers that died, whichever they were, once none of them can be at work any more. */
    public void sweep() throws ClientException, InterruptedException {
        long now = Instant.now().getEpochSecond();
        for (Containers.Found found : new Containers(engine).labelled(LABEL)) {
            String until = found.labels().getOrDefault(LABEL, "");
            if (until.matches("[0-9]{1,12}") && Long.parseLong(until) < now) {
                removeLeftOver(found);
            }
        }
    }

    /** Also when this thread is interrupted, which is why it goes. */
    private void remove(String id) throws InterruptedException {
        boolean interrupted = Thread.interrupted();
        try {
            new Containers(engine).remove(id);
        } catch (ClientException e) {
            LOG.warn("a sandbox is left to be swept: {}", e.getMessage());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public void close() throws IOException {
        engine.close();
        probe.close();
        patient.close();
    }
}
