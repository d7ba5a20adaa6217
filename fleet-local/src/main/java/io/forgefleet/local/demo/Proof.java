package io.forgefleet.local.demo;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.registry.Manifest;
import io.forgefleet.clients.registry.Registry;
import io.forgefleet.events.image.Digest;
import io.forgefleet.events.image.PushedImage;
import io.forgefleet.events.run.Outcome;
import io.forgefleet.events.run.RunState;
import io.forgefleet.host.forge.LocalForge;
import io.forgefleet.host.forge.repository.CommitStatus;
import io.forgefleet.local.console.CommandFailure;
import java.time.Duration;
import java.util.Optional;

/** Asks registry and forge whether what a run says has come true. */
final class Proof {

    private static final String REVISION = "org.opencontainers.image.revision";
    private static final Duration POSTED = Duration.ofSeconds(30);

    private final Registry registry;
    private final LocalForge forge;

    Proof(Registry registry, LocalForge forge) {
        this.registry = registry;
        this.forge = forge;
    }

    /**
     * The image that the run pushed.
     *
     * @throws CommandFailure when the run failed, or the registry has it not, or other, or without its revision
     */
    PushedImage image(RunState run, String tag, String commit)
            throws CommandFailure, ClientException, InterruptedException {
        Outcome outcome = run.outcome();
        if (outcome == null
                || outcome.reason() != Outcome.Reason.SUCCEEDED
                || run.images().isEmpty()) {
            String what = outcome == null ? "has not ended" : outcome.reason() + ": " + outcome.message();
            throw new CommandFailure(
                    "run " + run.run() + " " + what, outcome == null ? "" : String.join("\n", outcome.lastLines()));
        }
        PushedImage image = run.images().getFirst();
        String path = path(image);
        Manifest pulled = registry.get(path, image.digest().value());
        String revision = registry.labels(path, pulled).getOrDefault(REVISION, "");
        check(image.tag().equals(tag), "the image has the tag " + image.tag() + " in place of " + tag);
        check(
                pulled.digest().equals(image.digest()),
                "the registry gives " + pulled.digest() + " for " + image.digest());
        check(tagged(path, tag).equals(Optional.of(image.digest())), "tag " + tag + " names " + tagged(path, tag));
        check(revision.equals(commit), "the image is labelled with revision " + revision + " in place of " + commit);
        return image;
    }

    /** That a further tag names the same image. */
    void tagged(PushedImage image, String tag) throws CommandFailure, ClientException, InterruptedException {
        Optional<Digest> found = tagged(path(image), tag);
        check(found.equals(Optional.of(image.digest())), "tag " + tag + " names " + found + ", not " + image.digest());
    }

    /** What a tag names. */
    Digest digest(String repository, String tag) throws CommandFailure, ClientException, InterruptedException {
        return tagged(repository, tag)
                .orElseThrow(() -> new CommandFailure("there is no tag " + tag + " of " + repository, ""));
    }

    /** That a run ended so, and not otherwise. */
    static String ended(RunState run, Outcome.Reason reason) throws CommandFailure {
        Outcome outcome = run.outcome();
        if (outcome == null || outcome.reason() != reason) {
            String what = outcome == null ? "has not ended" : outcome.reason() + ": " + outcome.message();
            throw new CommandFailure("run " + run.run() + " " + what + "; it should have ended as " + reason, "");
        }
        return outcome.message();
    }

    /** The final status that the forge has of this run, which is due to have this state. */
    CommitStatus status(String repository, String commit, RunState run, CommitStatus.State due)
            throws CommandFailure, InterruptedException {
        CommitStatus status = RunWatch.await(
                "a final status of run " + run.run() + " on commit " + commit,
                POSTED,
                () -> forge.statuses(repository, commit).stream()
                        .filter(each -> each.targetUrl().endsWith("/runs/" + run.run()))
                        .filter(each -> each.state() != CommitStatus.State.PENDING)
                        .findFirst());
        check(status.state() == due, "the status on " + commit + " is " + status.state() + ": " + status.description());
        return status;
    }

    private Optional<Digest> tagged(String path, String tag) throws ClientException, InterruptedException {
        return registry.digest(path, tag);
    }

    private static String path(PushedImage image) {
        return image.repository().substring(image.repository().indexOf('/') + 1);
    }

    private static void check(boolean holds, String otherwise) throws CommandFailure {
        if (!holds) {
            throw new CommandFailure(otherwise, "this should not happen: please report it, with the fleet's log");
        }
    }
}
