package io.forgefleet.local.cli;

import io.forgefleet.local.console.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Calls the command line as a script does, without a terminal. */
public record Shell(int exit, String out, String err) {

    public static Shell fleet(String... arguments) {
        return fleet(Map.of(), arguments);
    }

    public static Shell fleet(Map<String, String> environment, String... arguments) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        var terminal = new Terminal(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                false,
                false);
        int exit = Main.run(terminal, environment, arguments);
        return new Shell(exit, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }
}
