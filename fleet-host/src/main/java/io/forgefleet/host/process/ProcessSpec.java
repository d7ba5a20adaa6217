package io.forgefleet.host.process;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What to start.
 *
 * @param name what messages call it
 * @param command program and arguments; no secrets, since every user of the machine can read them
 * @param environment variables over those of this process
 * @param directory its working directory
 * @param log file that gets its standard output and error; moved to {@code *.1} at 16 MiB, so both hold 32 MiB at most
 */
public record ProcessSpec(
        String name, List<String> command, Map<String, String> environment, Path directory, Path log) {

    public ProcessSpec {
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
        if (command.isEmpty()) {
            throw new IllegalArgumentException("the command of " + name + " is empty");
        }
    }

    /** A command without variables of its own, in the directory of its log. */
    public static ProcessSpec of(String name, Path log, List<String> command) {
        Path absolute = log.toAbsolutePath();
        return new ProcessSpec(name, command, Map.of(), absolute.resolveSibling(""), absolute);
    }

    /** The same with these variables. */
    public ProcessSpec with(Map<String, String> variables) {
        return new ProcessSpec(name, command, variables, directory, log);
    }
}
