package io.forgefleet.local.console;

import java.io.Console;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/**
 * Where a command prints. Results go to standard output, everything about them to standard error.
 *
 * @param interactive whether a person sits at both ends: progress may be drawn, and a key be asked for
 * @param colours whether text is painted
 */
public record Terminal(PrintStream out, PrintStream err, boolean interactive, boolean colours) {

    /** That of this process. No colours with {@code NO_COLOR} or on a dumb terminal, see no-color.org. */
    public static Terminal ofProcess(Map<String, String> environment) {
        boolean interactive = Optional.ofNullable(System.console())
                .filter(Console::isTerminal)
                .isPresent();
        boolean plain = !environment.getOrDefault("NO_COLOR", "").isEmpty()
                || environment.getOrDefault("TERM", "dumb").equals("dumb");
        return new Terminal(utf8(System.out), utf8(System.err), interactive, interactive && !plain);
    }

    /** Whatever the locale: without one Java would write question marks, which no terminal wants today. */
    private static PrintStream utf8(PrintStream stream) {
        return new PrintStream(stream, true, StandardCharsets.UTF_8);
    }

    /** The text in this paint, or as it is where there are no colours. */
    public String paint(Paint paint, String text) {
        return colours ? paint.on(text) : text;
    }

    /** A line of the command's result. */
    public void print(String line) {
        out.println(line);
    }

    /** A line about what the command does. */
    public void say(String line) {
        err.println(line);
    }
}
