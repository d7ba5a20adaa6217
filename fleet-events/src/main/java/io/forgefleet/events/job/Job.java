package io.forgefleet.events.job;

import io.forgefleet.events.ForgeEvent;
import io.forgefleet.events.image.Attachment;
import io.forgefleet.events.image.PushedImage;
import java.time.Instant;
import java.util.List;

/**
 * A request on {@code fleet.jobs} for work that no webhook asked for just now. It carries its event whole, so that it
 * can be done when the event has left its topic.
 *
 * @param id of this request; part of the run's id, so that a replay is a run of its own. A resumed run keeps its id
 * @param kind which workers take it
 * @param event what the work is about
 * @param cause why it is asked for
 * @param rebuild build anew although the image is there; it gets a tag of its own ({@code …-r2})
 * @param run the run to go on with; for {@link Cause#RESUMED} and {@link Cause#RETRY} the parked one, else a new one
 * @param target what is to be made, where it is not what the event itself asks for; else empty
 * @param images what the work is done on, where another run made it; for {@link Cause#FOLLOW} and what comes of it
 * @param attachments likewise, where that is files
 */
public record Job(
        String id,
        WorkerKind kind,
        ForgeEvent event,
        Cause cause,
        boolean rebuild,
        RunId run,
        Instant requestedAt,
        String target,
        List<PushedImage> images,
        List<Attachment> attachments) {

    public enum Cause {
        /** A person asked for it again. */
        REPLAY,
        /** Another run left something to do. */
        FOLLOW,
        /** A failed attempt's time to try again has come. */
        RETRY,
        /** A parked run's due time has come. */
        RESUMED
    }

    @SuppressWarnings("ConstantValue") // absent in what was written before there were any
    public Job {
        target = target == null ? "" : target;
        images = images == null ? List.of() : List.copyOf(images);
        attachments = attachments == null ? List.of() : List.copyOf(attachments);
        if (id.isBlank() || id.length() > 64) {
            throw new IllegalArgumentException("job id must have 1 to 64 characters");
        }
        if (rebuild && cause == Cause.RETRY) {
            throw new IllegalArgumentException("a retry goes on with its run and rebuilds nothing of itself");
        }
    }

    /** A job about a commit alone. */
    public Job(
            String id,
            WorkerKind kind,
            ForgeEvent event,
            Cause cause,
            boolean rebuild,
            RunId run,
            Instant requestedAt) {
        this(id, kind, event, cause, rebuild, run, requestedAt, "", List.of(), List.of());
    }

    /**
     * What a run leaves to another one. The same however often the run tells it.
     *
     * @param target what is to be made
     */
    public static Job follow(
            RunId from,
            WorkerKind kind,
            String target,
            ForgeEvent event,
            List<PushedImage> images,
            List<Attachment> attachments,
            Instant now) {
        String id = from.value() + "-" + kind.name();
        RunId run = RunId.derive(event.id().value(), kind.name(), target, id);
        return new Job(id, kind, event, Cause.FOLLOW, false, run, now, target, images, attachments);
    }
}
