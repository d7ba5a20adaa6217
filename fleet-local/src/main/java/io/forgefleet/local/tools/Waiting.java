package io.forgefleet.local.tools;

import io.forgefleet.local.console.Paint;
import io.forgefleet.local.console.Terminal;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Says what is being waited for, and every while that it still is. */
final class Waiting implements AutoCloseable {

    private static final Duration REMIND = Duration.ofSeconds(15);

    private final Terminal terminal;
    private final ScheduledExecutorService reminder = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "waiting");
        thread.setDaemon(true);
        return thread;
    });
    private @Nullable Future<?> reminding;

    Waiting(Terminal terminal) {
        this.terminal = terminal;
    }

    /** What is done now; ends the last. */
    void begin(String what) {
        end();
        terminal.say(terminal.paint(Paint.DIM, "… " + what));
        long began = System.nanoTime();
        reminding = reminder.scheduleAtFixedRate(
                () -> terminal.say(terminal.paint(
                        Paint.DIM,
                        "… still at it after "
                                + Duration.ofNanos(System.nanoTime() - began).toSeconds() + " s")),
                REMIND.toSeconds(),
                REMIND.toSeconds(),
                TimeUnit.SECONDS);
    }

    void end() {
        Future<?> running = reminding;
        if (running != null) {
            running.cancel(false);
            reminding = null;
        }
    }

    @Override
    public void close() {
        reminder.shutdownNow();
    }
}
