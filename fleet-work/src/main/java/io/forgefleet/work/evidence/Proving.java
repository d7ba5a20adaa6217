package io.forgefleet.work.evidence;

import io.forgefleet.clients.sign.SignException;
import io.forgefleet.clients.sign.Trust;
import io.forgefleet.work.evidence.proof.Proof;
import io.forgefleet.work.evidence.proof.Prover;
import io.forgefleet.work.evidence.proof.SignedBundle;
import io.forgefleet.work.evidence.proof.UnprovenException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** Proves bundles, as many at once as there are processors: hashing and reading SBOMs is most of a verification. For one thread. */
final class Proving implements AutoCloseable {

    /**
     * What came of one bundle: what it proves, or what is wrong with it.
     *
     * @param bundle whether it was one at all
     */
    record Said(@Nullable Proof proof, String trouble, boolean bundle) {}

    /** Bytes that may be a bundle. */
    @FunctionalInterface
    interface Source {
        SignedBundle read() throws IOException;
    }

    private final Prover prover;
    private final ExecutorService threads =
            Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());

    Proving(Prover prover) {
        this.prover = prover;
    }

    Trust trust() {
        return prover.trust();
    }

    /** Begins with one; {@link #await} gives what came of it. */
    Future<Said> begin(Source bundle) {
        return threads.submit(() -> prove(bundle));
    }

    private Said prove(Source bundle) throws SignException, InterruptedException {
        try {
            return new Said(prover.prove(bundle.read()), "", true);
        } catch (UnprovenException e) {
            return new Said(null, String.valueOf(e.getMessage()), true);
        } catch (IOException e) {
            return new Said(null, String.valueOf(e.getMessage()), false);
        }
    }

    /** What came of each, in their order. */
    List<Said> all(List<Source> bundles) throws SignException, InterruptedException {
        List<Said> all = new ArrayList<>();
        for (Future<Said> each : bundles.stream().map(this::begin).toList()) {
            all.add(await(each));
        }
        return all;
    }

    /** Does something else of the same size at the same time. */
    <T> Future<T> beside(Callable<T> work) {
        return threads.submit(work);
    }

    static <T> T await(Future<T> begun) throws SignException, InterruptedException {
        try {
            return begun.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof SignException failure) {
                throw failure;
            }
            throw new IllegalStateException("a bundle could not be looked at", e);
        }
    }

    /** Interrupts what is not over. */
    @Override
    public void close() {
        threads.shutdownNow();
        threads.close();
    }
}
