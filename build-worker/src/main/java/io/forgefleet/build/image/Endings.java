package io.forgefleet.build.image;

import io.forgefleet.build.builder.BuiltImages;
import io.forgefleet.clients.ClientException;
import io.forgefleet.events.run.Outcome;
import io.forgefleet.events.run.Outcome.Reason;
import io.forgefleet.runtime.worker.DependencyAwayException;
import io.forgefleet.runtime.worker.RetryableException;
import io.forgefleet.runtime.worker.Run;
import io.forgefleet.work.place.Attempts;
import io.forgefleet.work.place.RunEndedException;
import java.time.Duration;
import java.util.concurrent.Callable;

/** What becomes of an attempt that builds images: its outcome, or another attempt, which finds what this one built. */
public final class Endings {

    private final BuiltImages kept;
    private final Attempts attempts;

    public Endings(BuiltImages kept, Attempts attempts) {
        this.kept = kept;
        this.attempts = attempts;
    }

    /** Runs it. */
    public Outcome of(Run run, Callable<Outcome> attempt) throws Exception {
        boolean again = false;
        try {
            return attempt.call();
        } catch (RunEndedException e) {
            return e.outcome();
        } catch (ClientException e) {
            if (!Attempts.mayPass(e)) {
                return Outcome.of(Reason.FAILED, String.valueOf(e.getMessage()));
            }
            again = !attempts.isLast(run, e);
            throw new RetryableException(
                    String.valueOf(e.getMessage()), e.retryAfter().orElse(Duration.ZERO), e);
        } catch (DependencyAwayException e) {
            again = true;
            throw e;
        } finally {
            if (!again) {
                kept.drop(run.id());
            }
        }
    }
}
