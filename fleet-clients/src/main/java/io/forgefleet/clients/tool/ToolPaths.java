package io.forgefleet.clients.tool;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Where tools are looked for: at the configured path; else on {@code PATH}; else in the fleet's own tool folder, which
 * {@code fleet tools install} fills.
 *
 * @param configured paths by the name of the tool
 * @param path folders as in the variable {@code PATH}
 * @param folder the fleet's own; need not be there
 */
public record ToolPaths(Map<String, String> configured, String path, Path folder) {

    public ToolPaths {
        configured = Map.copyOf(configured);
    }

    /** The fleet's own tool folder below its data directory. */
    public static Path folderIn(Path dataDirectory) {
        return dataDirectory.resolve("tools").resolve("bin");
    }

    /**
     * The program to run. A configured path is the only one looked at: who names a program wants no other in its place.
     *
     * @param tool its name, such as {@code syft}
     */
    public Optional<Path> find(String tool) {
        String named = configured.get(tool);
        if (named != null) {
            return Optional.of(Path.of(named)).filter(ToolPaths::isProgram);
        }
        return Programs.find(tool, path)
                .or(() -> Optional.of(folder.resolve(tool)).filter(ToolPaths::isProgram));
    }

    /** Where {@link #find} looks for a tool, for messages. */
    public String places(String tool) {
        String named = configured.get(tool);
        return named == null
                ? "on PATH and in " + folder
                : "at " + named + " (tools.paths of the fleet's configuration)";
    }

    private static boolean isProgram(Path file) {
        return Files.isRegularFile(file) && Files.isExecutable(file);
    }
}
