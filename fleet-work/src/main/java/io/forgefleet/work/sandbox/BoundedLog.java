package io.forgefleet.work.sandbox;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;

/** Passes lines on up to a bound, and keeps the last ones whatever came before. Thread-safe. */
final class BoundedLog implements Consumer<String> {

    private static final int LAST = 20;

    private final Consumer<String> to;
    private final Deque<String> last = new ArrayDeque<>();
    private int lines;
    private long characters;
    private boolean full;
    private final int mostLines;
    private final long mostCharacters;

    BoundedLog(Consumer<String> to, int mostLines, long mostCharacters) {
        this.to = to;
        this.mostLines = mostLines;
        this.mostCharacters = mostCharacters;
    }

    @Override
    public synchronized void accept(String line) {
        last.addLast(line);
        if (last.size() > LAST) {
            last.removeFirst();
        }
        lines++;
        characters += line.length();
        if (lines <= mostLines && characters <= mostCharacters) {
            to.accept(line);
        } else if (!full) {
            full = true;
            to.accept("… what it prints further is not kept");
        }
    }

    synchronized List<String> last() {
        return List.copyOf(last);
    }
}
