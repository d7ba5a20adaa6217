package io.forgefleet.cleanup.api;

import io.forgefleet.cleanup.sweep.Outcome;
import io.forgefleet.events.RepositoryId;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.ToLongFunction;

/**
 * Cleans up after many repositories, a few at a time, since most of it is waiting for forge and registry; one with much in the ledger
 * by itself, since its plan takes memory. Outcomes come in the order of the repositories. For one thread.
 */
final class Cleanups implements AutoCloseable {

    static final int AT_ONCE = 4;
    private static final long LARGE = 1_000;

    /** Cleans up after one. */
    @FunctionalInterface
    interface Cleanup {
        Outcome of(RepositoryId repository) throws InterruptedException;
    }

    /** One that was begun. */
    private record Begun(Future<Outcome> outcome, boolean large) {}

    private final Deque<RepositoryId> rest;
    private final ToLongFunction<RepositoryId> size;
    private final Cleanup cleanup;
    private final Deque<Begun> begun = new ArrayDeque<>();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    /** @param size how much the ledger has of one */
    Cleanups(Collection<RepositoryId> repositories, ToLongFunction<RepositoryId> size, Cleanup cleanup) {
        this.rest = new ArrayDeque<>(repositories);
        this.size = size;
        this.cleanup = cleanup;
    }

    /** What came of the next one. */
    Outcome next() throws InterruptedException {
        begin();
        try {
            Outcome outcome = begun.element().outcome().get();
            begun.remove();
            return outcome;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof InterruptedException interrupted) {
                throw interrupted;
            }
            throw new IllegalStateException("a cleanup failed in a way that was not foreseen", e.getCause());
        }
    }

    private void begin() {
        while (!rest.isEmpty() && begun.size() < AT_ONCE && begun.stream().noneMatch(Begun::large)) {
            RepositoryId repository = rest.element();
            boolean large = size.applyAsLong(repository) > LARGE;
            if (large && !begun.isEmpty()) {
                return;
            }
            rest.remove();
            begun.add(new Begun(threads.submit(() -> cleanup.of(repository)), large));
        }
    }

    /** Interrupts what is at work, and waits for it. */
    @Override
    public void close() {
        threads.shutdownNow();
        threads.close();
    }
}
