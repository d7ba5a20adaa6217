package io.forgefleet.gateway.status;

import io.forgefleet.runtime.topic.KafkaSettings;
import io.forgefleet.runtime.topic.RecordPublisher;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.util.List;
import java.util.Map;

/**
 * Tells the forges what becomes of their commits. Any number of gateways may run one: each run and each status is in the
 * hands of one of them. A forge that is away delays its own statuses and loses none; a commit is never shown an older
 * status after a newer one; after a crash a status may be posted once more.
 */
public final class StatusReporter implements AutoCloseable {

    private final StatusFold fold;
    private final StatusPosts posts;
    private final List<Postman> postmen;

    /**
     * Starts it.
     *
     * @param publicUrl base of the run pages, without a slash at its end
     * @param forges a client for each configured forge, by its name; statuses of others stay where they are
     */
    public StatusReporter(
            KafkaSettings kafka,
            RecordPublisher publisher,
            URI publicUrl,
            Map<String, StatusClient> forges,
            PostTiming timing,
            MeterRegistry registry) {
        Outbox outbox = new Outbox();
        postmen = forges.entrySet().stream()
                .map(forge -> new Postman(forge.getKey(), forge.getValue(), outbox, timing, registry))
                .toList();
        posts = new StatusPosts(kafka, timing, outbox, publisher);
        fold = new StatusFold(kafka, timing, new StatusMapping(publicUrl), publisher);
    }

    /** Ends it after the posts that are under way. */
    @Override
    public void close() {
        fold.close();
        posts.close();
        postmen.forEach(Postman::close);
    }
}
