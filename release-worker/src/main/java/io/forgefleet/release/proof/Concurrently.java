package io.forgefleet.release.proof;

import io.forgefleet.clients.ClientException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Does the same with several things at once, as many as this machine has processors. */
final class Concurrently {

    private static final int MOST = 4;

    private Concurrently() {}

    /** What is done with one. */
    @FunctionalInterface
    interface Act<P, R, E extends Exception, F extends Exception> {
        R on(P part) throws E, F, IOException, ClientException, InterruptedException;
    }

    /**
     * Does it with all.
     *
     * @param one what the act may throw
     * @param other the same
     * @return what came of them, in their order
     * @throws E the first failure, in their order; what was not over then was interrupted
     */
    static <P, R, E extends Exception, F extends Exception> List<R> each(
            List<P> parts, Class<E> one, Class<F> other, Act<P, R, E, F> act)
            throws E, F, IOException, ClientException, InterruptedException {
        int atOnce = Math.min(MOST, Runtime.getRuntime().availableProcessors());
        try (ExecutorService threads =
                Executors.newFixedThreadPool(atOnce, Thread.ofVirtual().factory())) {
            try {
                List<Future<R>> begun = new ArrayList<>();
                for (P part : parts) {
                    begun.add(threads.submit(() -> act.on(part)));
                }
                List<R> all = new ArrayList<>();
                for (Future<R> each : begun) {
                    all.add(each.get());
                }
                return all;
            } catch (ExecutionException e) {
                Throwable cause = e.getCause();
                if (one.isInstance(cause)) {
                    throw one.cast(cause);
                }
                if (other.isInstance(cause)) {
                    throw other.cast(cause);
                }
                if (cause instanceof IOException failure) {
                    throw failure;
                }
                if (cause instanceof ClientException failure) {
                    throw failure;
                }
                if (cause instanceof InterruptedException failure) {
                    throw failure;
                }
                throw new IllegalStateException(cause);
            } finally {
                threads.shutdownNow();
            }
        }
    }
}
