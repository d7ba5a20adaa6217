package io.forgefleet.local.doctor;

import io.forgefleet.clients.sign.cosign.CosignTool;
import io.forgefleet.clients.tool.ToolPaths;
import io.forgefleet.runtime.config.FleetConfig;
import io.forgefleet.work.gate.ConfiguredScan;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Whether releases can be signed. */
final class SignChecks {

    private final Map<String, String> environment;
    private final Consumer<Finding> tell;

    SignChecks(Map<String, String> environment, Consumer<Finding> tell) {
        this.environment = environment;
        this.tell = tell;
    }

    /** Not a failure: only releases want it, and these say so before anything is built. */
    void run(FleetConfig config) {
        ToolPaths paths = ConfiguredScan.paths(config, environment);
        Optional<Path> found = paths.find(CosignTool.NAME);
        tell.accept(
                found.isPresent()
                        ? Finding.ok("signing", "cosign at " + found.get())
                        : Finding.warn(
                                "signing",
                                "there is no cosign " + paths.places(CosignTool.NAME) + ": nothing can be released",
                                CosignTool.HOW_TO_GET));
    }
}
