package io.forgefleet.host.forge.hook;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;

/**
 * One webhook that was sent, or was to be sent.
 *
 * @param id as in {@code X-Forgejo-Delivery}
 * @param repository {@code owner/name}
 * @param event as in {@code X-Forgejo-Event}, {@code type} as in {@code X-Forgejo-Event-Type}
 * @param payload the JSON that was signed
 * @param status of the answer, 0 when none came
 * @param outcome the answer's body, at most 1,000 characters, or why none came
 */
public record Delivery(
        String id,
        String repository,
        String event,
        String type,
        URI url,
        String payload,
        Instant sentAt,
        Duration took,
        int status,
        String outcome) {

    /** Whether the receiver took it. */
    public boolean isAccepted() {
        return status >= 200 && status < 300;
    }
}
