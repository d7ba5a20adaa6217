package io.forgefleet.local.demo;

import io.forgefleet.events.run.Step;
import io.forgefleet.local.console.Paint;
import io.forgefleet.local.console.Terminal;
import io.forgefleet.local.server.RunLogs;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** Tells the story on the terminal. */
final class Narrator {

    private static final int WIDTH = 100;

    private final Terminal terminal;
    private int chapters;

    Narrator(Terminal terminal) {
        this.terminal = terminal;
    }

    Terminal terminal() {
        return terminal;
    }

    /** Begins a numbered part of the story. */
    void chapter(String title) {
        chapters++;
        terminal.print("");
        terminal.print(terminal.paint(Paint.BOLD, chapters + "  " + title));
    }

    /** A fact within a chapter. */
    void fact(String name, String value) {
        fact(name, value, Paint.PLAIN);
    }

    void fact(String name, String value, Paint paint) {
        terminal.print("   " + terminal.paint(Paint.DIM, "%-8s".formatted(name)) + " " + terminal.paint(paint, value));
    }

    /** A step of a run that has ended. */
    void step(Step step) {
        Instant ended = Objects.requireNonNull(step.ended(), "it has ended");
        String took = Scene.seconds(Duration.between(step.started(), ended));
        terminal.print(
                ("            %-22s %8s  ".formatted(step.name(), took) + terminal.paint(Paint.DIM, step.detail()))
                        .stripTrailing());
    }

    /** Shows the steps of a Dockerfile while they run. */
    Steps steps() {
        return new Steps(terminal);
    }

    /** What a run's log tells of the steps of its Dockerfile: a bar on a terminal, lines elsewhere. */
    static final class Steps implements RunLogs.Reader, AutoCloseable {

        /** {@code [stage 3/7] RUN make}, as BuildKit names steps; the worker adds when one was cached. */
        private static final Pattern STEP =
                Pattern.compile("\\[(?:\\S+ )?(\\d{1,4})/(\\d{1,4})] (.{1,200}?)( was cached)?");

        /** How the worker goes on when a step that was told has failed; the status says it as well. */
        private static final String FAILED = " failed: ";

        private final Terminal terminal;
        private final Set<Integer> begun = new HashSet<>();
        private final Set<Integer> cached = new HashSet<>();
        private @Nullable ProgressBar bar;

        /** A step is told when it is known whether it came from the cache. */
        private String untold = "";

        Steps(Terminal terminal) {
            this.terminal = terminal;
        }

        int begun() {
            return begun.size();
        }

        int cached() {
            return cached.size();
        }

        @Override
        public void line(String step, String line) {
            Matcher matcher = STEP.matcher(line);
            if (!matcher.matches() || matcher.group(3).contains(FAILED)) {
                return;
            }
            int number = Integer.parseInt(matcher.group(1));
            boolean fromCache = matcher.group(4) != null;
            begun.add(number);
            if (fromCache) {
                cached.add(number);
            }
            if (terminal.interactive()) {
                draw(number, Integer.parseInt(matcher.group(2)), fromCache, matcher.group(3));
            } else {
                String told = "            %s/%s %s".formatted(matcher.group(1), matcher.group(2), matcher.group(3));
                if (!untold.equals(told)) {
                    tell();
                }
                untold = fromCache ? told + " (from the cache)" : told;
            }
        }

        @Override
        public void ended(String reason, String message) {
            close();
        }

        private void tell() {
            if (!untold.isEmpty()) {
                terminal.print(untold);
                untold = "";
            }
        }

        private void draw(int number, int of, boolean done, String what) {
            ProgressBar shown = bar();
            shown.maxHint(of);
            shown.stepTo(Math.max(shown.getCurrent(), done ? number : number - 1));
            shown.setExtraMessage(" " + what);
        }

        private ProgressBar bar() {
            ProgressBar shown = bar;
            if (shown == null) {
                shown = new ProgressBarBuilder()
                        .setTaskName("            ")
                        .setInitialMax(1)
                        .setStyle(ProgressBarStyle.ASCII)
                        .setUpdateIntervalMillis(200)
                        .setMaxRenderedLength(WIDTH)
                        .hideEta()
                        .clearDisplayOnFinish()
                        .setConsumer(new ConsoleProgressBarConsumer(terminal.out(), WIDTH))
                        .build();
                bar = shown;
            }
            return shown;
        }

        @Override
        public void close() {
            tell();
            ProgressBar shown = bar;
            if (shown != null) {
                shown.close();
                bar = null;
            }
        }
    }
}
