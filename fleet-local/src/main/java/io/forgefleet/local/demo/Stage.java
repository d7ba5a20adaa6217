package io.forgefleet.local.demo;

import io.forgefleet.clients.ClientException;
import io.forgefleet.events.image.PushedImage;
import io.forgefleet.events.run.Outcome;
import io.forgefleet.events.run.RunState;
import io.forgefleet.host.forge.repository.CommitStatus;
import io.forgefleet.local.console.CommandFailure;
import io.forgefleet.local.console.Paint;
import io.forgefleet.local.demo.site.DemoSite;
import io.forgefleet.local.server.RunLogs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Where the story is told: it follows what happens to its end, has it proven, and keeps a scene of it. */
final class Stage {

    /** Nobody who listens. */
    static final Consumer<String> NOBODY = line -> {};

    private final DemoSite site;
    private final Narrator narrator;
    private final RunWatch watch;
    private final Proof proof;
    private final List<Scene> scenes = new ArrayList<>();

    Stage(DemoSite site, Narrator narrator) {
        this.site = site;
        this.narrator = narrator;
        this.watch = new RunWatch(site.forge(), site.server());
        this.proof = new Proof(site.registry(), site.forge());
    }

    /** A run that has ended, and what its log told of steps. */
    record Ended(RunState run, Narrator.Steps steps) {

        Duration took() {
            return Duration.between(run.startedAt(), run.updatedAt());
        }
    }

    DemoSite site() {
        return site;
    }

    Narrator narrator() {
        return narrator;
    }

    Proof proof() {
        return proof;
    }

    List<Scene> scenes() {
        return List.copyOf(scenes);
    }

    /** Waits for the webhook that tells of a commit; gives the id of its event. */
    String event(String hook, String commit) throws CommandFailure, InterruptedException {
        String event = watch.eventOf(hook, commit);
        narrator.fact("webhook", hook + " of " + sha7(commit) + " → 202, event " + event);
        return event;
    }

    /**
     * Follows a run to its end.
     *
     * @param target what it makes of the event
     * @param listener gets every line of its log
     */
    Ended follow(String event, String target, Consumer<String> listener) throws CommandFailure, InterruptedException {
        String run = watch.runOf(event, target);
        narrator.fact("run", site.page(run).toString(), Paint.CYAN);
        Narrator.Steps steps = narrator.steps();
        RunLogs.Reader both = new RunLogs.Reader() {
            @Override
            public void line(String step, String line) {
                steps.line(step, line);
                listener.accept(line);
            }

            @Override
            public void ended(String reason, String message) {
                steps.ended(reason, message);
            }
        };
        try (steps) {
            return new Ended(watch.follow(run, both), steps);
        }
    }

    /** The same by its steps, each of which is told when it is done. */
    Ended followSteps(String event, String target) throws CommandFailure, InterruptedException {
        String run = watch.runOf(event, target);
        narrator.fact("run", site.page(run).toString(), Paint.CYAN);
        return new Ended(watch.followSteps(run, narrator::step), narrator.steps());
    }

    /** A build that is due to succeed. */
    Scene built(String what, String repository, String hook, String commit, String tag)
            throws CommandFailure, ClientException, InterruptedException {
        Ended ended = follow(event(hook, commit), "images", NOBODY);
        PushedImage image = proof.image(ended.run(), tag, commit);
        narrator.fact("image", image.repository() + ":" + image.tag(), Paint.BOLD);
        narrator.fact("", image.digest().value());
        CommitStatus status = status(repository, commit, ended, CommitStatus.State.SUCCESS);
        return keep(new Scene(
                what,
                image,
                ended.took(),
                ended.steps().begun(),
                ended.steps().cached(),
                status.state().word(),
                site.page(ended.run().run().value())));
    }

    /** A run that is due to end without an image, and its status with it. */
    Scene unbuilt(String what, String repository, String commit, Ended ended, Outcome.Reason reason, String word)
            throws CommandFailure, InterruptedException {
        Proof.ended(ended.run(), reason);
        CommitStatus status = status(repository, commit, ended, CommitStatus.State.ERROR);
        return keep(new Scene(
                what,
                null,
                ended.took(),
                ended.steps().begun(),
                ended.steps().cached(),
                status.state().word() + ": " + word,
                site.page(ended.run().run().value())));
    }

    /** Proves a run's final status and tells it. */
    CommitStatus status(String repository, String commit, Ended ended, CommitStatus.State due)
            throws CommandFailure, InterruptedException {
        CommitStatus status = proof.status(repository, commit, ended.run(), due);
        narrator.fact(
                "status",
                status.state().word() + "  " + status.context() + ": " + status.description(),
                due == CommitStatus.State.SUCCESS ? Paint.GREEN : Paint.YELLOW);
        return status;
    }

    Scene keep(Scene scene) {
        scenes.add(scene);
        return scene;
    }

    static String sha7(String commit) {
        return commit.substring(0, 7);
    }
}
