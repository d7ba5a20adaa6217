package io.forgefleet.local.demo;

import io.forgefleet.clients.scan.ScanTools;
import io.forgefleet.host.advisory.AdvisoryDatabase;
import io.forgefleet.runtime.config.FleetConfig;
import io.forgefleet.work.gate.ConfiguredScan;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The SBOM tool and the scanner, where they are installed. */
record ScanTooling(Map<String, Path> tools, String obstacle) {

    /** Looks on the {@code PATH}, and where {@code ./fleet tools install} puts them without a configuration. */
    static ScanTooling find(FleetConfig defaults, Map<String, String> environment) {
        Map<String, Path> found = new LinkedHashMap<>();
        for (String name : List.of(ScanTools.SYFT, ScanTools.OSV_SCANNER)) {
            ConfiguredScan.paths(defaults, environment).find(name).ifPresent(path -> found.put(name, path));
            if (!found.containsKey(name)) {
                return new ScanTooling(Map.of(), "no " + name + " here: ./fleet tools install");
            }
        }
        return new ScanTooling(found, "");
    }

    /** The rule for the repository that is scanned. */
    String rule(String repository) {
        return obstacle.isEmpty()
                ? "  - {match: \"%s\", images: main, scan: {failOn: high}}\n".formatted(repository)
                : "";
    }

    /** Writes a small database of advisories, and says in the configuration where everything is. */
    String settings(Path database) throws IOException {
        if (!obstacle.isEmpty()) {
            return "";
        }
        AdvisoryDatabase.write(database, "PyPI");
        StringBuilder paths = new StringBuilder();
        tools.forEach(
                (name, path) -> paths.append(paths.isEmpty() ? "" : ", ").append("%s: \"%s\"".formatted(name, path)));
        return "tools: {scannerDatabase: \"%s\", paths: {%s}}\n".formatted(database, paths);
    }
}
