package io.forgefleet.local.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.forgefleet.events.run.RunState;
import io.forgefleet.events.run.Step;
import io.forgefleet.events.wire.Json;
import io.forgefleet.host.forge.LocalForge;
import io.forgefleet.host.forge.hook.Delivery;
import io.forgefleet.local.console.CommandFailure;
import io.forgefleet.local.server.FleetServer;
import io.forgefleet.local.server.RunLogs;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** Follows a webhook to its event, and the event to the end of its run, through the addresses that anybody has. */
final class RunWatch {

    /** A condition, or empty while it does not hold. */
    @FunctionalInterface
    interface Look<T> {
        Optional<T> look() throws CommandFailure, InterruptedException;
    }

    private static final Duration POLL = Duration.ofMillis(50);
    private static final Duration DELIVERED = Duration.ofSeconds(30);
    private static final Duration TAKEN = Duration.ofSeconds(60);
    private static final Duration SAGA = Duration.ofMinutes(5);

    private final LocalForge forge;
    private final FleetServer fleet;
    private final RunLogs logs;

    RunWatch(LocalForge forge, FleetServer fleet) {
        this.forge = forge;
        this.fleet = fleet;
        this.logs = new RunLogs(fleet);
    }

    /** Waits for the webhook of this kind that tells of the commit, and returns the id of its event. */
    String eventOf(String hook, String commit) throws CommandFailure, InterruptedException {
        Delivery delivery = await("the webhook " + hook + " of " + commit, DELIVERED, () -> forge.deliveries().stream()
                .filter(each -> each.event().equals(hook) && each.payload().contains(commit))
                .findFirst());
        if (delivery.status() != 202) {
            throw new CommandFailure(
                    "the gateway answered webhook " + hook + " with " + delivery.status() + ": " + delivery.outcome(),
                    "");
        }
        try {
            return Json.mapper().readTree(delivery.outcome()).path("eventId").asText();
        } catch (JsonProcessingException e) {
            throw new CommandFailure("the gateway's answer is no JSON: " + delivery.outcome(), "", e);
        }
    }

    /** Waits until a worker has taken the event to build its images. */
    String runOf(String event) throws CommandFailure, InterruptedException {
        return runOf(event, "images");
    }

    /** Waits until a worker has taken the event to make this of it. */
    String runOf(String event, String target) throws CommandFailure, InterruptedException {
        return await("a run for event " + event, TAKEN, () -> {
            try {
                JsonNode runs = fleet.get("/api/events/" + event, Map.of()).path("runs");
                return FleetServer.rows(runs).stream()
                        .filter(run ->
                                run.path("subject").path("target").asText().equals(target))
                        .map(run -> run.path("run").asText())
                        .findFirst();
            } catch (CommandFailure e) {
                return Optional.empty(); // not known yet
            }
        });
    }

    /** Tells what the run writes, and returns its last state. */
    RunState follow(String run, RunLogs.Reader reader) throws CommandFailure, InterruptedException {
        logs.follow(run, reader);
        return state(run);
    }

    /** Tells each step of the run when it is done, and returns its last state. */
    RunState followSteps(String run, Consumer<Step> listener) throws CommandFailure, InterruptedException {
        AtomicInteger told = new AtomicInteger();
        return await("the end of run " + run, SAGA, () -> {
            RunState state = state(run);
            state.steps().stream()
                    .skip(told.get())
                    .takeWhile(step -> step.ended() != null)
                    .forEach(step -> {
                        told.incrementAndGet();
                        listener.accept(step);
                    });
            return Optional.of(state).filter(RunState::isFinal);
        });
    }

    private RunState state(String run) throws CommandFailure, InterruptedException {
        try {
            return Json.mapper().treeToValue(fleet.get("/api/runs/" + run, Map.of()), RunState.class);
        } catch (JsonProcessingException e) {
            throw new CommandFailure(
                    "run " + run + " could not be read from the API: " + e.getOriginalMessage(), "", e);
        }
    }

    static <T> T await(String what, Duration within, Look<T> look) throws CommandFailure, InterruptedException {
        long deadline = System.nanoTime() + within.toNanos();
        while (true) {
            Optional<T> seen = look.look();
            if (seen.isPresent()) {
                return seen.get();
            }
            if (System.nanoTime() > deadline) {
                throw new CommandFailure("within " + within.toSeconds() + " s there was not " + what, "");
            }
            Thread.sleep(POLL);
        }
    }
}
