package io.forgefleet.clients.tool;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A process and everything below it. */
final class ProcessTree {

    /** What a program gets to tidy up (lock files of git, sessions of buildx) before it is killed. */
    private static final Duration GRACE = Duration.ofSeconds(2);

    private ProcessTree() {}

    /**
     * Ends the tree: asks, waits a little, kills. Returns when nothing of it runs, also when the thread is interrupted;
     * does nothing to a process that has ended.
     */
    static void end(Process process) {
        if (!process.isAlive()) {
            return;
        }
        List<ProcessHandle> tree = handles(process);
        tree.forEach(ProcessHandle::destroy);
        CompletableFuture<?> gone =
                CompletableFuture.allOf(tree.stream().map(ProcessHandle::onExit).toArray(CompletableFuture<?>[]::new));
        // neither join nor get with a timeout may be cut short by the interrupt that brought us here
        gone.completeOnTimeout(null, GRACE.toMillis(), TimeUnit.MILLISECONDS).join();
        if (tree.stream().anyMatch(ProcessHandle::isAlive)) {
            tree.forEach(ProcessHandle::destroyForcibly);
            kill(process);
            process.onExit()
                    .completeOnTimeout(process, GRACE.toMillis(), TimeUnit.MILLISECONDS)
                    .join();
        }
    }

    /** Kills the tree without asking and without waiting. */
    static void kill(Process process) {
        handles(process).forEach(ProcessHandle::destroyForcibly);
    }

    private static List<ProcessHandle> handles(Process process) {
        // parents first, so that none starts another child after its children were listed and asked to go
        List<ProcessHandle> handles = new ArrayList<>();
        handles.add(process.toHandle());
        try (Stream<ProcessHandle> below = process.descendants()) {
            below.forEach(handles::add);
        }
        return handles;
    }
}
