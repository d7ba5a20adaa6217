package io.forgefleet.local.cli;

import io.forgefleet.local.console.CommandFailure;
import io.forgefleet.work.gate.waiver.OpenVex;
import io.forgefleet.work.gate.waiver.Waiver;
import io.forgefleet.work.gate.waiver.WaiverException;
import io.forgefleet.work.gate.waiver.WaiverFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Files of a repository that say which findings are lived with. */
final class Waivers {

    private static final Path FILE = Path.of(WaiverFile.PATH);

    /** Of UTF-8, which has at most four for a character. */
    private static final long MOST_BYTES = 4L * OpenVex.MOST_CHARACTERS;

    private Waivers() {}

    static boolean isOne(Path file) {
        String name = file.getFileName().toString();
        return name.equals(FILE.getFileName().toString()) || name.endsWith(OpenVex.FILE_END);
    }

    /** Those of a repository's folder, by name. */
    static List<Path> in(Path repository) throws CommandFailure {
        Path folder = repository.resolve(FILE).getParent();
        List<Path> found = new ArrayList<>();
        if (Files.exists(repository.resolve(FILE))) {
            found.add(repository.resolve(FILE));
        }
        if (folder != null && Files.isDirectory(folder)) {
            try (Stream<Path> files = Files.list(folder)) {
                files.filter(file -> file.toString().endsWith(OpenVex.FILE_END))
                        .sorted()
                        .forEach(found::add);
            } catch (IOException e) {
                throw new CommandFailure("could not look into " + folder + ": " + e, "see who may read it");
            }
        }
        return found;
    }

    /**
     * What is wrong with a file.
     *
     * @param warnings gets those whose last day is over
     */
    static List<String> errors(Path file, Instant now, List<String> warnings) {
        try {
            if (Files.size(file) > MOST_BYTES) {
                return List.of("it is larger than " + MOST_BYTES + " bytes");
            }
            String text = Files.readString(file);
            for (Waiver waiver :
                    file.toString().endsWith(OpenVex.FILE_END) ? OpenVex.parse("", text) : WaiverFile.parse("", text)) {
                if (waiver.isExpired(now)) {
                    warnings.add(waiver.source().strip() + ": the waiver of " + String.join(", ", waiver.advisories())
                            + " in " + waiver.packageName() + " ended on " + waiver.expires()
                            + "; what it waived blocks again: look at it anew, or take it out");
                }
            }
            return List.of();
        } catch (WaiverException e) {
            return e.errors();
        } catch (IOException e) {
            return List.of("could not be read: " + e);
        }
    }
}
