package io.forgefleet.local.template;

import io.forgefleet.local.console.Terminal;
import java.util.function.LongConsumer;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** How far a download is, on a terminal; silent elsewhere, and while nothing comes. */
final class DownloadBar implements LongConsumer, AutoCloseable {

    private static final int WIDTH = 100;
    private static final long MIB = 1 << 20;

    private final Terminal terminal;
    private final String what;
    private final long bytes;
    private @Nullable ProgressBar bar;

    DownloadBar(Terminal terminal, String what, long bytes) {
        this.terminal = terminal;
        this.what = what;
        this.bytes = bytes;
    }

    @Override
    public void accept(long came) {
        if (!terminal.interactive()) {
            return;
        }
        ProgressBar shown = bar;
        if (shown == null) {
            shown = new ProgressBarBuilder()
                    .setTaskName(what)
                    .setInitialMax(bytes)
                    .setUnit(" MiB", MIB)
                    .setStyle(ProgressBarStyle.ASCII)
                    .setUpdateIntervalMillis(100)
                    .setMaxRenderedLength(WIDTH)
                    .clearDisplayOnFinish()
                    .setConsumer(new ConsoleProgressBarConsumer(terminal.err(), WIDTH))
                    .build();
            bar = shown;
        }
        shown.stepTo(came);
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
