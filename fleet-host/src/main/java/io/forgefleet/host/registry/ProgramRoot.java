package io.forgefleet.host.registry;

import io.forgefleet.host.process.Command;
import io.forgefleet.host.process.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The files of an image with a shell and some programs of this machine, for hosts where no image can be pulled. */
public final class ProgramRoot {

    /** As {@code ldd} prints them: {@code libz.so.1 => /lib/x86_64-linux-gnu/libz.so.1 (0x…)}. */
    private static final Pattern LIBRARY = Pattern.compile("(/\\S+) \\(0x");

    private static final Duration WITHIN = Duration.ofSeconds(10);
    private static final int MOST_OUTPUT = 1 << 16;
    private static final List<String> APPLETS = List.of(
            "sh", "cat", "cp", "dd", "echo", "id", "kill", "ls", "mkdir", "rm", "sleep", "touch", "wget", "yes");

    private ProgramRoot() {}

    /**
     * Makes it.
     *
     * @param root an empty folder
     * @param programs names on {@code PATH}; their libraries come along
     * @return empty where busybox, linked statically, or one of the programs is not installed
     */
    public static Optional<Path> make(Path root, List<String> programs) throws IOException {
        Optional<Path> busybox = Program.onPath("busybox");
        if (busybox.isEmpty()
                || !programs.stream().allMatch(name -> Program.onPath(name).isPresent())) {
            return Optional.empty();
        }
        Path bin = Files.createDirectories(root.resolve("bin"));
        Files.createDirectories(root.resolve("tmp"));
        Files.copy(busybox.get(), bin.resolve("busybox"));
        for (String applet : APPLETS) {
            Files.createSymbolicLink(bin.resolve(applet), Path.of("busybox"));
        }
        for (String name : programs) {
            Path program = Program.onPath(name).orElseThrow();
            Files.copy(program.toRealPath(), bin.resolve(name));
            String libraries = new Command(List.of("ldd", program.toString()), root, Map.of(), WITHIN, MOST_OUTPUT)
                    .run()
                    .text();
            for (Matcher each = LIBRARY.matcher(libraries); each.find(); ) {
                Path library = Path.of(each.group(1));
                Path here = root.resolve(library.toString().substring(1));
                Files.createDirectories(Optional.ofNullable(here.getParent()).orElse(root));
                if (!Files.exists(here)) {
                    Files.copy(library.toRealPath(), here);
                }
            }
        }
        return Optional.of(root);
    }
}
