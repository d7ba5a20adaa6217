package io.forgefleet.local.doctor;

import io.forgefleet.clients.scan.ScanException;
import io.forgefleet.clients.scan.ScanTools;
import io.forgefleet.clients.tool.ToolPaths;
import io.forgefleet.runtime.config.FleetConfig;
import io.forgefleet.work.gate.ConfiguredScan;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Whether images can be scanned: the tools, and the scanner's database. */
final class ScanChecks {

    private final Map<String, String> environment;
    private final Consumer<Finding> tell;

    ScanChecks(Map<String, String> environment, Consumer<Finding> tell) {
        this.environment = environment;
        this.tell = tell;
    }

    void run(FleetConfig config) {
        ToolPaths paths = ConfiguredScan.paths(config, environment);
        tool(paths, "SBOM tool", config.tools().sbom());
        tool(paths, "scanner", config.tools().scanner());
        database(config);
    }

    /** Not a failure: the rest of the fleet runs without, and what wants a scan says that it could not be done. */
    private void tool(ToolPaths paths, String what, String name) {
        Optional<Path> found = paths.find(name);
        tell.accept(
                found.isPresent()
                        ? Finding.ok(what, name + " at " + found.get())
                        : Finding.warn(
                                what,
                                "there is no " + name + " " + paths.places(name) + ": images cannot be scanned",
                                ScanTools.howToGet(name)));
    }

    private void database(FleetConfig config) {
        String what = "scanner database";
        try {
            ConfiguredScan.checkDatabase(config, InstantSource.system());
            Path folder = config.tools().scannerDatabase();
            tell.accept(
                    folder == null
                            ? Finding.ok(what, config.tools().scanner() + " gets its own, from the network")
                            : Finding.ok(what, folder + ", not older than is allowed"));
        } catch (ScanException e) {
            tell.accept(Finding.warn(
                    what, String.valueOf(e.getMessage()), "images cannot be scanned until there is a fresh one"));
        }
    }
}
