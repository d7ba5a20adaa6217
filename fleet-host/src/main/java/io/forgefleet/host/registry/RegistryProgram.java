package io.forgefleet.host.registry;

import io.forgefleet.host.process.Program;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/** The registries that can be started here: two generations of CNCF distribution, which differ in what they delete. */
public enum RegistryProgram {
    /** Debian's package: deletes by digest, with all tags of it; refuses to delete a tag (400). */
    DISTRIBUTION_2("docker-registry"),
    /** Deletes a tag alone (202), and by digest. */
    DISTRIBUTION_3("registry");

    private static final String HOW_TO_GET = "install Debian's or Ubuntu's package (apt-get install docker-registry),"
            + " or put distribution 3's `registry` (https://github.com/distribution/distribution/releases) on PATH";

    private final String command;

    RegistryProgram(String command) {
        this.command = command;
    }

    /** Whether it is on {@code PATH}. */
    public boolean isAvailable() {
        return Program.onPath(command).isPresent();
    }

    /** The newest that is on {@code PATH}. */
    public static Optional<RegistryProgram> findAny() {
        return Arrays.stream(values()).filter(RegistryProgram::isAvailable).reduce((older, newer) -> newer);
    }

    static RegistryProgram any() {
        return findAny().orElseThrow(() -> new IllegalStateException("no registry program found: " + HOW_TO_GET));
    }

    Path path() {
        return Program.onPath(command)
                .orElseThrow(() -> new IllegalStateException("no `" + command + "` on PATH: " + HOW_TO_GET));
    }
}
