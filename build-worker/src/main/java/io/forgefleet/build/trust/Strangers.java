package io.forgefleet.build.trust;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.forge.Forge;
import io.forgefleet.clients.forge.PullRequestState;
import io.forgefleet.clients.forge.change.LabelChange;
import io.forgefleet.events.ApprovalCommand;
import io.forgefleet.events.CommentEvent;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.ForgeEvent;
import io.forgefleet.events.PullRequestEvent;
import io.forgefleet.events.PullRequestEvent.Action;
import io.forgefleet.events.run.Outcome.Reason;
import io.forgefleet.work.place.RunEndedException;
import io.forgefleet.work.place.Workplace;
import java.time.Duration;

/**
 * Whether the code of a stranger's pull request may be run. Somebody has to have said so who may write to the repository, for
 * this very commit; who that is the forge is asked now, since a payload proves nothing about rights.
 */
public final class Strangers {

    /** Longer than a forge takes to tell, and than its clock is off; shorter than people take from one commit to the next. */
    private static final Duration EVENT_AFTER_CHANGE = Duration.ofMinutes(2);

    private Strangers() {}

    /**
     * Lets an approved commit pass.
     *
     * @param event that asks for the build
     * @param now the pull request
     * @return why it may be built, for people
     * @throws RunEndedException with what is awaited
     */
    public static String requireApproval(Workplace place, ForgeEvent event, PullRequestState now, CommitId commit)
            throws RunEndedException, ClientException, InterruptedException {
        Forge forge = place.api();
        if (forge == null) {
            throw new RunEndedException(
                    Reason.SKIPPED, "not built: without a token for the forge nobody can be asked who may approve it");
        }
        return switch (event) {
            case CommentEvent comment -> byComment(place, forge, comment, now, commit);
            case PullRequestEvent request -> {
                if (!request.head().equals(commit)) {
                    throw awaited(place, now, "");
                }
                yield request.action() == Action.LABELLED
                        ? byLabel(place, forge, request, now)
                        : byPush(place, forge, request, now);
            }
            default -> throw awaited(place, now, "");
        };
    }

    private static String byComment(
            Workplace place, Forge forge, CommentEvent comment, PullRequestState now, CommitId commit)
            throws RunEndedException, ClientException, InterruptedException {
        boolean said = ApprovalCommand.in(comment.body())
                .filter(command -> command.covers(commit))
                .isPresent();
        if (!said || !commit.equals(comment.head())) {
            throw awaited(place, now, "");
        }
        if (!forge.mayWrite(place.repository(), comment.actor())) {
            throw awaited(place, now, comment.actor() + " may not write here; ");
        }
        return comment.actor() + " said /ok-to-test";
    }

    /**
     * Not every forge tells which label an event is about, and a stranger can open a pull request of Gitea with any: the newest
     * change has to be that somebody who may write set this one, and to be what the event is about. One of an older head, made
     * before it or left over when a newer one was deleted, approves nothing.
     */
    private static String byLabel(Workplace place, Forge forge, PullRequestEvent labelled, PullRequestState now)
            throws RunEndedException, ClientException, InterruptedException {
        String label = place.rule().strangers().label();
        if (label == null || !now.labels().contains(label)) {
            throw awaited(place, now, "");
        }
        LabelChange change = forge.lastLabelChange(
                        place.repository(), labelled.number(), labelled.at().minus(EVENT_AFTER_CHANGE))
                .orElseThrow(() -> awaited(place, now, "the label is older than what was told of it; "));
        if (!change.added() || !change.label().equals(label)) {
            throw awaited(place, now, "the newest change of labels is another one; ");
        }
        if (!forge.mayWrite(place.repository(), change.login())) {
            throw awaited(place, now, change.login() + ", who set the label, may not write here; ");
        }
        return change.login() + " set the label " + label;
    }

    /** Who pushes onto a stranger's branch has said nothing about what was there before, so both have to be trusted. */
    private static String byPush(Workplace place, Forge forge, PullRequestEvent pushed, PullRequestState now)
            throws RunEndedException, ClientException, InterruptedException {
        boolean push = pushed.action() == Action.OPENED || pushed.action() == Action.SYNCHRONIZED;
        if (push && trusted(place, forge, now.author()) && trusted(place, forge, pushed.actor())) {
            return pushed.actor() + " is trusted";
        }
        throw awaited(place, now, "");
    }

    private static boolean trusted(Workplace place, Forge forge, String login)
            throws ClientException, InterruptedException {
        return !login.isEmpty()
                && (place.rule().strangers().trusts(login) || forge.mayWrite(place.repository(), login));
    }

    private static RunEndedException awaited(Workplace place, PullRequestState now, String why) {
        String label = place.rule().strangers().label();
        return new RunEndedException(
                Reason.SKIPPED,
                why + "waits for /ok-to-test " + now.head().sha7() + " by someone who may write here"
                        + (label == null ? "" : ", or their label " + label));
    }
}
