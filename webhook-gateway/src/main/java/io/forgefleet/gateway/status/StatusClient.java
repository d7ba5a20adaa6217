package io.forgefleet.gateway.status;

import io.forgefleet.clients.ClientException;
import io.forgefleet.events.run.CommitStatus;

/** Gives statuses to one forge. Called by several threads at once, never for one commit and context. */
@FunctionalInterface
public interface StatusClient {

    /**
     * Posts a status; may block, and stops when its thread is interrupted.
     *
     * @throws ClientException when the forge did not take it; its kind decides whether it is tried for long or briefly
     */
    void post(CommitStatus status) throws ClientException, InterruptedException;
}
