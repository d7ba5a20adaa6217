package io.forgefleet.benchmarks.fleet;

import io.forgefleet.host.process.Command;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Runs commands of the machine in one folder. */
record Shell(Path directory, Map<String, String> variables) {

    Shell(Path directory) {
        this(directory, Map.of());
    }

    /** The same with further variables. */
    Shell with(Map<String, String> more) {
        return new Shell(directory, more);
    }

    private static final Duration WITHIN = Duration.ofMinutes(5);
    private static final int MOST_OUTPUT = 1 << 20;

    /** Whether a command ends well. */
    boolean works(String... line) {
        try {
            return command(line).run().exitCode() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    /** Runs a command to its end and returns what it printed. */
    String run(String... line) throws IOException {
        Command.Output output = command(line).run();
        if (output.exitCode() != 0) {
            throw new IOException(
                    line[0] + " " + line[1] + " ended with exit code " + output.exitCode() + ":\n" + output.error());
        }
        return output.text().strip();
    }

    private Command command(String... line) {
        Map<String, String> somebody = new HashMap<>(variables);
        somebody.putAll(Map.of(
                "GIT_CONFIG_GLOBAL", "/dev/null",
                "GIT_AUTHOR_NAME", "bench",
                "GIT_AUTHOR_EMAIL", "bench@example.org",
                "GIT_COMMITTER_NAME", "bench",
                "GIT_COMMITTER_EMAIL", "bench@example.org"));
        return new Command(List.of(line), directory, somebody, WITHIN, MOST_OUTPUT);
    }
}
