package io.forgefleet.work.place;

import io.forgefleet.clients.ClientException;
import io.forgefleet.runtime.worker.Run;

/**
 * What a failure means for the attempts of a run.
 *
 * @param most of one run
 */
public record Attempts(int most) {

    /** Whether another attempt may end otherwise; credentials may be mended meanwhile. */
    public static boolean mayPass(ClientException failure) {
        return failure.retryable() || failure.kind() == ClientException.Kind.UNAUTHORIZED;
    }

    /** Whether no attempt comes after this one when it ends so. */
    public boolean isLast(Run run, ClientException failure) {
        return !mayPass(failure) || run.attempt() >= most;
    }
}
