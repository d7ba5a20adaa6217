package io.forgefleet.cleanup.sweep;

import io.forgefleet.cleanup.driver.Capabilities;
import io.forgefleet.cleanup.graph.RegistryGraph;
import io.forgefleet.cleanup.plan.GraphReader;
import io.forgefleet.clients.ClientException;
import io.forgefleet.events.image.Digest;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Reads images in registries while something else is asked, one after the other; for plans that want them in any case. For one thread. */
final class ReadAhead implements AutoCloseable {

    private final Map<String, Future<RegistryGraph>> begun = new HashMap<>();
    private final ExecutorService thread = Executors.newSingleThreadExecutor(
            Thread.ofVirtual().name("read-ahead").factory());

    /** @param known as for {@link GraphReader#read} */
    void begin(String image, ImagePlaces.Place place, Set<Digest> known) {
        begun.put(
                image,
                thread.submit(() -> GraphReader.read(
                        place.driver(), place.driver().capabilities(place.repository()), place.repository(), known)));
    }

    /** The same as it was begun, or read now. */
    RegistryGraph of(String image, ImagePlaces.Place place, Capabilities can, Set<Digest> known)
            throws ClientException, InterruptedException {
        Future<RegistryGraph> graph = begun.remove(image);
        if (graph == null) {
            return GraphReader.read(place.driver(), can, place.repository(), known);
        }
        try {
            return graph.get();
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
