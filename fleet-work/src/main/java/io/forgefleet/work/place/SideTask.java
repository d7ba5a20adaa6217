package io.forgefleet.work.place;

import io.forgefleet.clients.ClientException;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** Something done beside the run's own thread, which waits for it or ends it; begun as soon as it is made. */
public final class SideTask<T> {

    private final CompletableFuture<T> result = new CompletableFuture<>();
    private final Thread thread;

    public SideTask(Callable<T> work) {
        thread = Thread.ofVirtual().start(() -> {
            try {
                result.complete(work.call());
            } catch (Exception | LinkageError e) {
                result.completeExceptionally(e);
            }
        });
    }

    /** What came of it. */
    public T await() throws IOException, ClientException, InterruptedException {
        try {
            return result.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ClientException failed) {
                throw failed;
            }
            if (e.getCause() instanceof IOException failed) {
                throw failed;
            }
            if (e.getCause() instanceof InterruptedException) {
                throw new InterruptedException("ended from outside");
            }
            throw new IllegalStateException("failed by a mistake", e.getCause());
        }
    }

    /** Ends it if it still goes on, waits for that, and gives what came of it, if anything did. */
    public Optional<T> end() {
        thread.interrupt();
        return result.handle((value, failure) -> Optional.ofNullable(value)).join();
    }
}
