package io.forgefleet.clients.engine.container;

import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.command.InspectContainerResponse.ContainerState;
import com.github.dockerjava.api.command.WaitContainerResultCallback;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.exception.NotModifiedException;
import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.Frame;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.LogConfig;
import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.engine.Engine;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** The containers of one engine. Thread-safe, as {@link Engine}. */
public final class Containers {

    private static final long BILLION = 1_000_000_000;

    /** What a command prints is read while it runs; this much of it the engine keeps. */
    private static final Map<String, String> LOG_BOUND = Map.of("max-size", "16m", "max-file", "1");

    /** A container that is there, running or not. */
    public record Found(String id, Map<String, String> labels) {}

    /** Reading what a container prints; closing it ends that. */
    public interface Following extends Closeable {

        /** Waits until the last line was read; false when there may be more after that time. */
        boolean await(Duration atMost) throws InterruptedException;
    }

    private final Engine engine;

    public Containers(Engine engine) {
        this.engine = engine;
    }

    /** Makes one that does not run yet; gives its id. */
    public String create(ContainerSpec spec) throws ClientException, InterruptedException {
        HostConfig host = HostConfig.newHostConfig()
                .withNetworkMode(network(spec))
                .withNanoCPUs((long) (spec.cpus() * BILLION))
                .withMemory(spec.memory())
                .withMemorySwap(spec.memory())
                .withPidsLimit((long) spec.processes())
                .withCapDrop(Capability.ALL)
                .withSecurityOpts(List.of("no-new-privileges"))
                .withLogConfig(new LogConfig(LogConfig.LoggingType.JSON_FILE, LOG_BOUND));
        List<String> environment = spec.environment().entrySet().stream()
                .map(each -> each.getKey() + "=" + each.getValue())
                .sorted()
                .toList();
        return Objects.requireNonNull(engine.call("make a container of " + spec.image(), client -> {
            CreateContainerCmd create = client.createContainerCmd(spec.image())
                    .withEntrypoint(spec.command())
                    .withCmd(List.of())
                    .withWorkingDir(spec.directory())
                    .withEnv(environment)
                    .withLabels(spec.labels())
                    .withHostConfig(host);
            if (spec.user() != null) {
                create.withUser(spec.user());
            }
            return create.exec().getId();
        }));
    }

    private static String network(ContainerSpec spec) {
        if (spec.beside() != null) {
            return "container:" + spec.beside();
        }
        return spec.network() ? "bridge" : "none";
    }

    /**
     * Runs a further command in a container that runs, as the same user; its exit code, or empty when it goes on after that time.
     *
     * @param lines gets each line that it prints
     */
    public OptionalInt execute(String container, List<String> command, Duration atMost, Consumer<String> lines)
            throws ClientException, InterruptedException {
        String id = Objects.requireNonNull(
                engine.call("prepare a command in a container", client -> client.execCreateCmd(container)
                        .withCmd(command.toArray(String[]::new))
                        .withAttachStdout(true)
                        .withAttachStderr(true)
                        .exec()
                        .getId()));
        try (ContainerLines reading = new ContainerLines(lines)) {
            engine.call("run a command in a container", client -> client.execStartCmd(id)
                    .exec((ResultCallback<Frame>) reading));
            if (!reading.await(atMost)) {
                return OptionalInt.empty();
            }
        } catch (IOException | RuntimeException e) {
            throw new ClientException(
                    ClientException.Kind.UNAVAILABLE, "could not run a command in a container: " + e.getMessage(), e);
        }
        Long exit = engine.call(
                "ask how a command in a container ended",
                client -> client.inspectExecCmd(id).exec().getExitCodeLong());
        return OptionalInt.of(exit == null ? -1 : Math.toIntExact(exit));
    }

    /** Unpacks a tar archive into the root of a container's files. */
    public void copyIn(String container, InputStream tar) throws ClientException, InterruptedException {
        engine.call("copy files into a container", client -> client.copyArchiveToContainerCmd(container)
                .withRemotePath("/")
                .withTarInputStream(tar)
                .exec());
    }

    /** A folder of a container as a tar archive, whose entries begin with the folder's name; to be closed. */
    public InputStream copyOut(String container, String folder) throws ClientException, InterruptedException {
        return Objects.requireNonNull(engine.call(
                "copy " + folder + " out of a container",
                client -> client.copyArchiveFromContainerCmd(container, folder).exec()));
    }

    /** Starts its command. */
    public void start(String container) throws ClientException, InterruptedException {
        engine.call("start a container", client -> client.startContainerCmd(container)
                .exec());
    }

    /**
     * Reads what the command prints from its start on, until it ends or the reading is closed.
     *
     * @param lines gets each line, cut where it is very long, on a thread of the engine's
     */
    public Following follow(String container, Consumer<String> lines) throws ClientException, InterruptedException {
        ContainerLines reading = new ContainerLines(lines);
        engine.call("read what a container prints", client -> client.logContainerCmd(container)
                .withStdOut(true)
                .withStdErr(true)
                .withFollowStream(true)
                .exec((ResultCallback<Frame>) reading));
        return reading;
    }

    /** Waits for the end of its command; its exit code, or empty when it goes on after that time. */
    public OptionalInt await(String container, Duration atMost) throws ClientException, InterruptedException {
        try (WaitContainerResultCallback waiting =
                engine.call("wait for a container", client -> client.waitContainerCmd(container)
                        .exec(new WaitContainerResultCallback()))) {
            return waiting.awaitCompletion(atMost.toMillis(), TimeUnit.MILLISECONDS)
                    ? OptionalInt.of(Objects.requireNonNull(waiting.awaitStatusCode()))
                    : OptionalInt.empty();
        } catch (IOException | RuntimeException e) {
            throw new ClientException(
                    ClientException.Kind.UNAVAILABLE, "could not wait for a container: " + e.getMessage(), e);
        }
    }

    /** Whether its command, which has ended, was ended for want of memory. */
    public boolean outOfMemory(String container) throws ClientException, InterruptedException {
        ContainerState state = Objects.requireNonNull(engine.call(
                "inspect a container",
                client -> client.inspectContainerCmd(container).exec().getState()));
        return Boolean.TRUE.equals(state.getOOMKilled());
    }

    /** Ends it and removes it with all of its files; nothing happens when it is not there. */
    public void remove(String container) throws ClientException, InterruptedException {
        engine.call("remove a container", client -> {
            try {
                client.removeContainerCmd(container)
                        .withForce(true)
                        .withRemoveVolumes(true)
                        .exec();
            } catch (NotFoundException | NotModifiedException e) {
                // gone, or going
            }
            return null;
        });
    }

    /** All that carry a label, whatever its value. */
    public List<Found> labelled(String label) throws ClientException, InterruptedException {
        List<Container> containers = Objects.requireNonNull(
                engine.call("list the containers labelled " + label, client -> client.listContainersCmd()
                        .withShowAll(true)
                        .withLabelFilter(List.of(label))
                        .exec()));
        return containers.stream()
                .map(each -> new Found(each.getId(), Objects.requireNonNullElse(each.getLabels(), Map.of())))
                .toList();
    }
}
