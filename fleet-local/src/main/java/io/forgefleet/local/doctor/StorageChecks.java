package io.forgefleet.local.doctor;

import io.forgefleet.runtime.config.FleetConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.Consumer;

/** The disk below the data directory. */
final class StorageChecks {

    private static final long GIB = 1L << 30;
    private static final long ENOUGH = 10;
    private static final long LEAST = 1;

    private final Consumer<Finding> tell;

    StorageChecks(Consumer<Finding> tell) {
        this.tell = tell;
    }

    void run(FleetConfig config) {
        Path data = config.dataDirectory().toAbsolutePath();
        Path there = data;
        while (!Files.exists(there)) {
            there = Objects.requireNonNull(there.getParent(), "the root is there");
        }
        if (!Files.isDirectory(there) || !Files.isWritable(there)) {
            tell.accept(Finding.fail(
                    "data directory",
                    there + " cannot be written by " + System.getProperty("user.name"),
                    "set dataDirectory in fleet.yml, or give it to this user"));
            return;
        }
        try {
            long free = Files.getFileStore(there).getUsableSpace() / GIB;
            String found = free + " GiB free for " + data;
            String advice = "free some, or set dataDirectory in fleet.yml to a larger disk; docker builder prune helps"
                    + " where the engine shares it";
            tell.accept(
                    free < LEAST
                            ? Finding.fail("disk", found, advice)
                            : free < ENOUGH ? Finding.warn("disk", found, advice) : Finding.ok("disk", found));
        } catch (IOException e) {
            tell.accept(Finding.warn("disk", "the space below " + there + " could not be asked for: " + e, ""));
        }
    }
}
