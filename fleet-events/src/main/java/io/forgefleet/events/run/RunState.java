package io.forgefleet.events.run;

import io.forgefleet.events.image.Attachment;
import io.forgefleet.events.image.PushedImage;
import io.forgefleet.events.job.Job;
import io.forgefleet.events.job.RunId;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * State of a run as {@code fleet.runs} holds it, whole in each record. Of two states of one run the one of the higher
 * epoch counts, within an epoch the one of the higher revision: see {@link #supersedes}.
 *
 * @param epoch epoch of the claim under which it was written
 * @param revision counts the states written in this epoch, from 0
 * @param attempt from 1; counted anew when more is done for good
 * @param reached how much is done for good, in its worker's own count; 0 where it does not count
 * @param steps at most {@value #MOST_STEPS}, in the order in which they began
 * @param attachments files that it left in a registry
 * @param tars its images as files, where they are kept
 * @param outcome null exactly until {@link Phase#ENDED}
 * @param dueAt when a parked run goes on; null exactly unless parked. Clock of the writer
 * @param resume the job that goes on with it, whatever became of the record that led to it; not null when parked, null when nobody
 *     will work on it again, and in between null only in what older workers wrote
 * @param worker who wrote it
 */
public record RunState(
        RunId run,
        long epoch,
        int revision,
        RunSubject subject,
        Phase phase,
        int attempt,
        int reached,
        List<Step> steps,
        List<PushedImage> images,
        List<Attachment> attachments,
        List<ImageTar> tars,
        @Nullable Outcome outcome,
        @Nullable Instant dueAt,
        @Nullable Job resume,
        Instant startedAt,
        Instant updatedAt,
        String worker) {

    /** What begins later is not told. */
    public static final int MOST_STEPS = 200;

    public enum Phase {
        RUNNING,
        /** Waits for its due time; nobody holds a record or a claim for it. */
        PARKED,
        ENDED
    }

    @SuppressWarnings("ConstantValue") // absent in what was written before there were any
    public RunState {
        steps = List.copyOf(steps);
        images = List.copyOf(images);
        attachments = attachments == null ? List.of() : List.copyOf(attachments);
        tars = tars == null ? List.of() : List.copyOf(tars);
        if ((outcome != null) != (phase == Phase.ENDED)) {
            throw new IllegalArgumentException("an outcome belongs to an ended run and to no other: " + run);
        }
        if ((dueAt != null) != (phase == Phase.PARKED)) {
            throw new IllegalArgumentException("a due time belongs to a parked run and to no other: " + run);
        }
        if (resume == null && phase == Phase.PARKED) {
            throw new IllegalArgumentException("a parked run needs a job to go on with: " + run);
        }
        if (resume != null && isFinal(outcome)) {
            throw new IllegalArgumentException("nobody goes on with a run that is over: " + run);
        }
    }

    /** Whether this state is newer than the other one of the same run. */
    public boolean supersedes(RunState other) {
        return epoch != other.epoch ? epoch > other.epoch : revision > other.revision;
    }

    /** The same with other steps. */
    public RunState withSteps(List<Step> others) {
        return new RunState(
                run,
                epoch,
                revision,
                subject,
                phase,
                attempt,
                reached,
                others,
                images,
                attachments,
                tars,
                outcome,
                dueAt,
                resume,
                startedAt,
                updatedAt,
                worker);
    }

    /** The same without its steps, for those who keep many. */
    public RunState withoutSteps() {
        return withSteps(List.of());
    }

    /** Whether nobody will work on this run again. */
    public boolean isFinal() {
        return isFinal(outcome);
    }

    private static boolean isFinal(@Nullable Outcome outcome) {
        return outcome != null && !outcome.reason().startsAgain();
    }
}
