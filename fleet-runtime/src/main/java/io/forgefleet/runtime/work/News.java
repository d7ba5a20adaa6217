package io.forgefleet.runtime.work;

import io.forgefleet.events.ForgeEvent;
import io.forgefleet.events.run.Outcome;
import io.forgefleet.events.wire.MalformedRecordException;
import io.forgefleet.runtime.projection.TopicReader;
import io.forgefleet.runtime.topic.EventRecords;
import io.forgefleet.runtime.topic.KafkaSettings;
import io.forgefleet.runtime.worker.Cancellation;
import io.forgefleet.runtime.worker.WorkerDeclaration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads all events from now on, whoever gets them as work, and cancels what runs here and has become worthless by them. A
 * hint only: what it misses is found by the run itself, before its side effects.
 */
final class News implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(News.class);

    private final Cancellation cancellation;
    private final Collection<Attempt> running;
    private final List<TopicReader> readers;
    private final ExecutorService questions = Executors.newVirtualThreadPerTaskExecutor();

    /** Starts reading; {@code running} is looked at whenever an event comes, so it has to be safe for that. */
    News(KafkaSettings kafka, WorkerDeclaration declaration, Collection<Attempt> running) {
        this.cancellation = declaration.cancellation();
        this.running = running;
        this.readers = cancellation == Cancellation.NEVER
                ? List.of()
                : declaration.topics().stream()
                        .map(topic -> TopicReader.fromNowOn(kafka.consumer(), kafka.topic(topic), this::read))
                        .toList();
    }

    private void read(ConsumerRecord<String, byte[]> entry) {
        if (running.isEmpty()) {
            return;
        }
        ForgeEvent event;
        try {
            event = EventRecords.decode(entry);
        } catch (MalformedRecordException e) {
            LOG.debug("{}-{}@{} is no news: {}", entry.topic(), entry.partition(), entry.offset(), e.getMessage());
            return;
        }
        for (Attempt attempt : running) {
            if (attempt.subject().repository().equals(event.repository())
                    && !attempt.subject().event().equals(event.id())) {
                questions.execute(() -> ask(event, attempt));
            }
        }
    }

    private void ask(ForgeEvent event, Attempt attempt) {
        try {
            Optional<Outcome> end = cancellation.end(event, attempt.subject());
            end.ifPresent(attempt::cancel);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        readers.forEach(TopicReader::close);
        questions.shutdownNow();
    }
}
