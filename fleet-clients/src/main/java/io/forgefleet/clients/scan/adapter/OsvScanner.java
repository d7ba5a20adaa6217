package io.forgefleet.clients.scan.adapter;

import com.fasterxml.jackson.databind.JsonNode;
import io.forgefleet.clients.scan.PackageRef;
import io.forgefleet.clients.scan.ReportedFinding;
import io.forgefleet.clients.scan.Sbom;
import io.forgefleet.clients.scan.ScanException;
import io.forgefleet.clients.scan.ScanException.Problem;
import io.forgefleet.clients.scan.ScanReport;
import io.forgefleet.clients.scan.ScanTool;
import io.forgefleet.clients.scan.ScanTools;
import io.forgefleet.clients.scan.Scanner;
import io.forgefleet.clients.scan.ScannerDatabase;
import io.forgefleet.clients.scan.Scratch;
import io.forgefleet.clients.tool.Command;
import io.forgefleet.clients.tool.ToolPaths;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** osv-scanner, version 2: OSV's advisories of language ecosystems and distributions. */
public final class OsvScanner implements Scanner {

    private static final int CLEAN = 0;
    private static final int FOUND = 1;
    private static final int NOTHING_TO_SCAN = 128;

    /** What it writes about an ecosystem without a database, also where its exit code says that all is well. */
    private static final Pattern NO_DATABASE = Pattern.compile("could not load db for (.*?) ecosystem: (.*)");

    private static final String PART_FAILED = "Error during extraction";

    private final ScanTool tool;
    private final @Nullable ScannerDatabase database;

    /**
     * @param database its folder holds {@code osv-scalibr/ECOSYSTEM/all.zip}; null lets the scanner ask its own service
     * @param environment of this process
     * @param timeout for one SBOM
     */
    public OsvScanner(
            ToolPaths paths, @Nullable ScannerDatabase database, Map<String, String> environment, Duration timeout) {
        this.tool = new ScanTool(ScanTools.OSV_SCANNER, paths, environment, timeout);
        this.database = database;
    }

    @Override
    public String name() {
        return tool.name();
    }

    @Override
    public ScanReport scan(Sbom sbom) throws ScanException, InterruptedException {
        String tried = "scan " + sbom.subject();
        if (database != null) {
            database.check(name());
        }
        SourcePackages packages = new SourcePackages(sbom.components());
        try (Scratch scratch = Scratch.make()) {
            Path asked = scratch.write("sbom.cdx.json", packages.cycloneDx());
            Path config = scratch.write("osv-scanner.toml", new byte[0]);
            Command.Result result = tool.run(tried, arguments(asked, config), Map.of(), scratch.folder());
            checkComplete(tried, result);
            if (result.exit() == NOTHING_TO_SCAN && packages.isEmpty()) {
                return new ScanReport(name(), List.of(), List.of());
            }
            if (result.exit() != CLEAN && result.exit() != FOUND) {
                throw tool.crashed(tried, result);
            }
            ScanReport report = report(tried, packages, tool.json(tried, result));
            if ((result.exit() == FOUND) == report.findings().isEmpty()) {
                throw tool.unreadable(
                        tried,
                        "it ended with " + result.exit() + ", but "
                                + report.findings().size() + " findings were read",
                        null);
            }
            return report;
        }
    }

    private List<String> arguments(Path sbom, Path config) {
        List<String> arguments = new ArrayList<>(List.of("scan", "source", "--format=json", "--all-packages"));
        if (database != null) {
            arguments.add("--offline");
            arguments.add("--local-db-path=" + database.folder().toAbsolutePath());
        }
        arguments.add("--config=" + config);
        arguments.add("--lockfile=" + sbom);
        return arguments;
    }

    /** It ends with "found" even where one ecosystem of two could not be looked up. */
    private void checkComplete(String tried, Command.Result result) throws ScanException {
        Matcher missing = NO_DATABASE.matcher(result.errors());
        if (missing.find()) {
            String why = "ecosystem " + missing.group(1) + ": " + missing.group(2);
            throw database == null
                    ? new ScanException(Problem.DATABASE_MISSING, "could not " + tried + ": " + why)
                    : database.missing(name(), why);
        }
        if (result.errors().contains(PART_FAILED)) {
            throw tool.crashed(tried, result);
        }
    }

    private ScanReport report(String tried, SourcePackages packages, JsonNode json) throws ScanException {
        if (!json.path("results").isArray()) {
            throw tool.unreadable(tried, "it has no results", null);
        }
        List<ReportedFinding> findings = new ArrayList<>();
        List<PackageRef> unexamined = new ArrayList<>();
        for (JsonNode result : json.path("results")) {
            for (JsonNode each : result.path("packages")) {
                JsonNode about = each.path("package");
                String ecosystem = about.path("ecosystem").asText("");
                String version = about.path("version").asText("");
                String name = about.path("name").asText("");
                Set<PackageRef> installed = packages.installed(name, version, ecosystem);
                if (ecosystem.isEmpty()) {
                    unexamined.addAll(installed);
                }
                for (JsonNode advisory : each.path("vulnerabilities")) {
                    OsvAdvisory read = new OsvAdvisory(advisory, name, ecosystem);
                    if (read.id().isEmpty()) {
                        throw tool.unreadable(tried, "a vulnerability of " + name + " has no id", null);
                    }
                    installed.forEach(one -> findings.add(read.in(one)));
                }
            }
        }
        return new ScanReport(name(), findings, unexamined);
    }
}
