package io.forgefleet.cleanup.driver;

import io.forgefleet.clients.ClientException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** The same question about many things, a bounded number of them at a time. The first failure ends it. */
final class Concurrently {

    @FunctionalInterface
    interface Question<K, V> {
        Optional<V> ask(K about) throws ClientException, InterruptedException;
    }

    private Concurrently() {}

    /** Answers by what was asked about; without those that were empty. */
    static <K, V> Map<K, V> ask(Collection<K> about, int atOnce, Question<K, V> question)
            throws ClientException, InterruptedException {
        Iterator<K> rest = about.iterator();
        List<Future<Map<K, V>>> parts = new ArrayList<>();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        try {
            for (int i = 0; i < Math.min(atOnce, about.size()); i++) {
                parts.add(threads.submit(() -> drain(rest, question)));
            }
            Map<K, V> answers = new HashMap<>();
            for (Future<Map<K, V>> part : parts) {
                answers.putAll(part.get());
            }
            return answers;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ClientException failure) {
                throw failure;
            }
            if (e.getCause() instanceof InterruptedException interrupted) {
                throw interrupted;
            }
            throw new IllegalStateException("asking a registry failed", e);
        } finally {
            threads.shutdownNow();
            threads.close();
        }
    }

    private static <K, V> Map<K, V> drain(Iterator<K> rest, Question<K, V> question)
            throws ClientException, InterruptedException {
        Map<K, V> answers = new HashMap<>();
        for (Optional<K> next = next(rest); next.isPresent(); next = next(rest)) {
            K about = next.get();
            question.ask(about).ifPresent(answer -> answers.put(about, answer));
        }
        return answers;
    }

    private static <K> Optional<K> next(Iterator<K> rest) {
        synchronized (rest) {
            return rest.hasNext() ? Optional.of(rest.next()) : Optional.empty();
        }
    }
}
