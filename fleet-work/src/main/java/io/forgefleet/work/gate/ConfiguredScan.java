package io.forgefleet.work.gate;

import io.forgefleet.clients.scan.SbomTool;
import io.forgefleet.clients.scan.ScanException;
import io.forgefleet.clients.scan.ScanTools;
import io.forgefleet.clients.scan.Scanner;
import io.forgefleet.clients.scan.ScannerDatabase;
import io.forgefleet.clients.scan.adapter.Cdxgen;
import io.forgefleet.clients.scan.adapter.Grype;
import io.forgefleet.clients.scan.adapter.OsvScanner;
import io.forgefleet.clients.scan.adapter.Syft;
import io.forgefleet.clients.scan.adapter.Trivy;
import io.forgefleet.clients.tool.ToolPaths;
import io.forgefleet.runtime.config.FleetConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The tools that a fleet's configuration names. */
public final class ConfiguredScan {

    private static final Duration SBOM_TIMEOUT = Duration.ofMinutes(10);
    private static final Duration SCAN_TIMEOUT = Duration.ofMinutes(10);

    private ConfiguredScan() {}

    /**
     * The scan as configured; whether its tools are there shows when it runs.
     *
     * @param environment of this process
     */
    public static ImageScan of(FleetConfig config, Map<String, String> environment, InstantSource clock) {
        return new ImageScan(sbomTool(config, environment), scanners(config, environment, clock), new Gate(clock));
    }

    /** What lists the contents of images and files. */
    public static SbomTool sbomTool(FleetConfig config, Map<String, String> environment) {
        ToolPaths paths = paths(config, environment);
        String name = config.tools().sbom();
        return switch (name) {
            case ScanTools.SYFT -> new Syft(paths, environment, SBOM_TIMEOUT);
            case ScanTools.CDXGEN -> new Cdxgen(paths, environment, SBOM_TIMEOUT);
            default -> throw new IllegalStateException("tools.sbom is '" + name + "'; syft or cdxgen was expected");
        };
    }

    /** What looks up vulnerabilities; at least one. */
    public static List<Scanner> scanners(FleetConfig config, Map<String, String> environment, InstantSource clock) {
        return List.of(scanner(config.tools(), paths(config, environment), environment, clock));
    }

    /** Where the configured fleet looks for its tools. */
    public static ToolPaths paths(FleetConfig config, Map<String, String> environment) {
        return new ToolPaths(
                config.tools().paths(),
                environment.getOrDefault("PATH", ""),
                ToolPaths.folderIn(config.dataDirectory().toAbsolutePath()));
    }

    /**
     * Looks at the database of the configured scanner, where it has one of its own folder.
     *
     * @throws ScanException when it is missing or too old
     */
    public static void checkDatabase(FleetConfig config, InstantSource clock) throws ScanException {
        ScannerDatabase database = database(config.tools(), clock);
        if (database != null) {
            database.check(config.tools().scanner());
        }
    }

    private static Scanner scanner(
            FleetConfig.ToolsConfig tools, ToolPaths paths, Map<String, String> environment, InstantSource clock) {
        ScannerDatabase database = database(tools, clock);
        return switch (tools.scanner()) {
            case ScanTools.OSV_SCANNER -> new OsvScanner(paths, database, environment, SCAN_TIMEOUT);
            case ScanTools.TRIVY -> new Trivy(paths, database, environment, SCAN_TIMEOUT);
            case ScanTools.GRYPE -> new Grype(paths, database, environment, SCAN_TIMEOUT);
            default ->
                throw new IllegalStateException(
                        "tools.scanner is '" + tools.scanner() + "'; osv-scanner, trivy or grype was expected");
        };
    }

    private static @Nullable ScannerDatabase database(FleetConfig.ToolsConfig tools, InstantSource clock) {
        Path folder = tools.scannerDatabase();
        return folder == null ? null : new ScannerDatabase(folder, tools.scannerDatabaseMaxAge(), clock);
    }
}
