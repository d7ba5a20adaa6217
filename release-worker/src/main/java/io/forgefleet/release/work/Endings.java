package io.forgefleet.release.work;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.scan.ScanException;
import io.forgefleet.clients.sign.SignException;
import io.forgefleet.events.run.Outcome;
import io.forgefleet.events.run.Outcome.Reason;
import io.forgefleet.runtime.worker.ParkedException;
import io.forgefleet.runtime.worker.RetryableException;
import io.forgefleet.work.place.Attempts;
import io.forgefleet.work.place.RunEndedException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Callable;

/**
 * What becomes of an attempt: what is away (a registry, a forge, a signing service) is waited for with the run parked, up to a
 * day; what is wrong is told.
 */
final class Endings {

    private final Duration shortest;
    private final InstantSource clock;

    /** @param shortest wait between two tries */
    Endings(Duration shortest, InstantSource clock) {
        this.shortest = shortest;
        this.clock = clock;
    }

    Outcome of(Progress progress, Callable<Outcome> attempt) throws Exception {
        try {
            return attempt.call();
        } catch (RunEndedException e) {
            return e.outcome();
        } catch (SignException e) {
            if (e.retryable()) {
                throw parked(progress, e, shortest);
            }
            return Outcome.of(Reason.FAILED, String.valueOf(e.getMessage()));
        } catch (ScanException e) {
            String message = "could not scan: " + e.getMessage();
            if (e.retryable()) {
                throw new RetryableException(message, e);
            }
            return Outcome.of(Reason.FAILED, message);
        } catch (ClientException e) {
            if (!Attempts.mayPass(e)) {
                return Outcome.of(Reason.FAILED, String.valueOf(e.getMessage()));
            }
            throw parked(progress, e, e.retryAfter().orElse(shortest));
        }
    }

    private Exception parked(Progress progress, Exception e, Duration least) {
        String message = String.valueOf(e.getMessage());
        return progress.isHopeless(clock.instant())
                ? new RetryableException("nothing came on for a day: " + message, e)
                : new ParkedException(progress.wait(clock.instant(), least), message);
    }
}
