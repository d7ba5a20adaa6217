package io.forgefleet.release.work;

import io.forgefleet.events.image.Attachment;
import io.forgefleet.events.image.PushedImage;
import io.forgefleet.events.job.Job;
import io.forgefleet.events.job.RunId;
import io.forgefleet.events.job.WorkerKind;
import io.forgefleet.events.run.Outcome;
import io.forgefleet.events.run.Outcome.Reason;
import io.forgefleet.events.run.RunState;
import io.forgefleet.release.saga.Saga;
import io.forgefleet.runtime.worker.ParkedException;
import io.forgefleet.runtime.worker.Run;
import io.forgefleet.work.place.RunEndedException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What build workers are asked for, and what came of it. A run waits for them parked, with no lease and no claim. */
final class Orders {

    /** For so long an order that nobody has begun may still lie in its queue. */
    private static final Duration LONGEST_QUEUE = Duration.ofHours(1);

    private final Run run;
    private final Wakeups wakeups;
    private final Duration park;

    Orders(Run run, Wakeups wakeups, Duration park) {
        this.run = run;
        this.wakeups = wakeups;
        this.park = park;
    }

    /** Asks for what nobody makes yet; what an earlier run asked for, and still is made, is not asked for again. */
    Saga place(Saga saga, List<String> targets) throws InterruptedException {
        Saga asked = saga;
        for (String target : targets) {
            RunId known = saga.asked().get(target);
            Optional<RunState> state = known == null ? Optional.empty() : wakeups.state(known);
            boolean queued =
                    state.isEmpty() && saga.lastProgress().plus(LONGEST_QUEUE).isAfter(Instant.now());
            boolean made =
                    known != null && (state.isPresent() ? !state.get().isFinal() || succeeded(state.get()) : queued);
            boolean own = known != null && known.equals(derived(target));
            if (!made && !(own && state.isPresent())) {
                asked = asked.asking(target, run.leave(WorkerKind.BUILD, target, List.of(), List.of()));
            }
        }
        return asked;
    }

    private RunId derived(String target) {
        return Job.follow(run.id(), WorkerKind.BUILD, target, run.event(), List.of(), List.of(), Instant.now())
                .run();
    }

    /**
     * What the runs made that were asked.
     *
     * @throws ParkedException while one of them is not at its end
     * @throws RunEndedException when one did not succeed
     */
    Made made(Saga saga, List<String> targets) throws RunEndedException, ParkedException, InterruptedException {
        Set<RunId> waiting = new HashSet<>();
        List<PushedImage> images = new ArrayList<>();
        List<Attachment> files = new ArrayList<>();
        for (String target : targets) {
            RunId other = saga.asked().get(target);
            if (other == null) {
                throw new IllegalStateException("nobody was asked for " + target);
            }
            Optional<RunState> state = wakeups.state(other).filter(RunState::isFinal);
            if (state.isEmpty()) {
                waiting.add(other);
                continue;
            }
            if (!succeeded(state.get())) {
                Outcome outcome = state.get().outcome();
                throw new RunEndedException(Outcome.failed(
                        target + " (run " + other + "): " + (outcome == null ? "" : outcome.message()),
                        outcome == null ? List.of() : outcome.lastLines()));
            }
            images.addAll(state.get().images());
            files.addAll(state.get().attachments());
        }
        if (!waiting.isEmpty()) {
            wakeups.await(run.id(), waiting);
            throw new ParkedException(park, "waits for " + String.join(", ", targets));
        }
        return new Made(images, files);
    }

    /** What came of orders. */
    record Made(List<PushedImage> images, List<Attachment> files) {}

    private static boolean succeeded(RunState state) {
        Outcome outcome = state.outcome();
        return outcome != null && outcome.reason() == Reason.SUCCEEDED;
    }
}
