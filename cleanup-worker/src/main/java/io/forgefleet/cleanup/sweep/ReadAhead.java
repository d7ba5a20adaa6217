package io.forgefleet.cleanup.sweep;

import io.forgefleet.cleanup.driver.Capabilities;
import io.forgefleet.cleanup.graph.RegistryGraph;
import io.forgefleet.cleanup.plan.GraphReader;
import io.forgefleet.clients.ClientException;
import io.forgefleet.events.image.Digest;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Reads images in registries while something else is asked, one after the other; for plans that want them in any case. For one thread. */
final class ReadAhead implements AutoCloseable {

    /** @param can what the registry could do when it was read */
    record Content(Capabilities can, RegistryGraph graph) {}

    private final Map<String, Future<Content>> begun = new HashMap<>();
    private final ExecutorService thread = Executors.newSingleThreadExecutor(
            Thread.ofVirtual().name("read-ahead").factory());

    /** @param known as for {@link GraphReader#read} */
    void begin(String image, ImagePlaces.Place place, Set<Digest> known) {
        begun.put(image, thread.submit(() -> {
            Capabilities can = place.driver().capabilities(place.repository());
            return new Content(can, GraphReader.read(place.driver(), can, place.repository(), known));
        }));
    }

    /** What was begun, once it is read; empty where nothing was. */
    Optional<Content> of(String image) throws ClientException, InterruptedException {
        Future<Content> content = begun.remove(image);
        if (content == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(content.get());
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ClientException failure) {
                throw failure;
            }
            throw new IllegalStateException("an image could not be read in a way that was not foreseen", e);
        }
    }

    /** Interrupts what nobody waits for, and waits for its end. */
    @Override
    public void close() {
        thread.shutdownNow();
        thread.close();
    }
}
