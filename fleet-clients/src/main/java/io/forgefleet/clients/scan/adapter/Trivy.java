package io.forgefleet.clients.scan.adapter;

import com.fasterxml.jackson.databind.JsonNode;
import io.forgefleet.clients.scan.PackageRef;
import io.forgefleet.clients.scan.ReportedFinding;
import io.forgefleet.clients.scan.Sbom;
import io.forgefleet.clients.scan.ScanException;
import io.forgefleet.clients.scan.ScanReport;
import io.forgefleet.clients.scan.ScanTool;
import io.forgefleet.clients.scan.ScanTools;
import io.forgefleet.clients.scan.Scanner;
import io.forgefleet.clients.scan.ScannerDatabase;
import io.forgefleet.clients.scan.Scratch;
import io.forgefleet.clients.tool.Command;
import io.forgefleet.clients.tool.ToolPaths;
import io.forgefleet.events.wire.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Trivy. */
public final class Trivy implements Scanner {

    private final ScanTool tool;
    private final @Nullable ScannerDatabase database;

    /**
     * @param database its folder is Trivy's cache directory, with {@code db/trivy.db}; null lets Trivy get and keep its own
     * @param environment of this process
     * @param timeout for one SBOM
     */
    public Trivy(
            ToolPaths paths, @Nullable ScannerDatabase database, Map<String, String> environment, Duration timeout) {
        this.tool = new ScanTool(ScanTools.TRIVY, paths, environment, timeout);
        this.database = database;
    }

    @Override
    public String name() {
        return tool.name();
    }

    @Override
    public ScanReport scan(Sbom sbom) throws ScanException, InterruptedException {
        String tried = "scan " + sbom.subject();
        List<String> arguments = new ArrayList<>(List.of("sbom", "--format=json", "--scanners=vuln", "--quiet"));
        if (database != null) {
            database.check(name());
            Optional<Instant> updated = updated(database.folder().resolve("db").resolve("metadata.json"));
            if (updated.isPresent()) {
                database.checkAge(name(), updated.get());
            }
            arguments.addAll(List.of("--skip-db-update", "--skip-java-db-update", "--offline-scan"));
            arguments.add("--cache-dir=" + database.folder().toAbsolutePath());
        }
        arguments.add(sbom.cycloneDx().toAbsolutePath().toString());
        try (Scratch scratch = Scratch.make()) {
            Command.Result result = tool.run(tried, arguments, Map.of(), scratch.folder());
            if (result.exit() != 0) {
                throw tool.crashed(tried, result);
            }
            return report(tried, tool.json(tried, result));
        }
    }

    /** When the database was made, as Trivy notes it beside the file, which bears the time of its download. */
    private static Optional<Instant> updated(Path metadata) {
        try {
            return Optional.of(Instant.parse(Json.mapper()
                    .readTree(Files.readAllBytes(metadata))
                    .path("UpdatedAt")
                    .asText("")));
        } catch (IOException | DateTimeParseException e) {
            return Optional.empty(); // then the time of the file counts
        }
    }

    private ScanReport report(String tried, JsonNode json) throws ScanException {
        if (!json.has("SchemaVersion")) {
            throw tool.unreadable(tried, "it is no report of Trivy", null);
        }
        List<ReportedFinding> findings = new ArrayList<>();
        for (JsonNode result : json.path("Results")) {
            for (JsonNode each : result.path("Vulnerabilities")) {
                findings.add(finding(tried, result.path("Type").asText(""), each));
            }
        }
        return new ScanReport(name(), findings, List.of());
    }

    private ReportedFinding finding(String tried, String ecosystem, JsonNode json) throws ScanException {
        String id = json.path("VulnerabilityID").asText("");
        if (id.isEmpty()) {
            throw tool.unreadable(tried, "a vulnerability has no VulnerabilityID", null);
        }
        String fixed = json.path("FixedVersion").asText("");
        // VendorIDs are not taken for aliases: they name advisories of several vulnerabilities
        return new ReportedFinding(
                id,
                Set.of(),
                new PackageRef(
                        json.path("PkgName").asText(""),
                        json.path("InstalledVersion").asText(""),
                        ecosystem,
                        PackageRef.bare(json.path("PkgIdentifier").path("PURL").asText(""))),
                json.path("Severity").asText(null),
                vectors(json.path("CVSS")),
                Stream.of(fixed.split(","))
                        .map(String::strip)
                        .filter(each -> !each.isEmpty())
                        .toList(),
                json.path("Title").asText(""),
                json.path("PrimaryURL").asText(null));
    }

    /** Of every vendor, in every version. */
    private static List<String> vectors(JsonNode byVendor) {
        Set<String> vectors = new LinkedHashSet<>();
        for (JsonNode vendor : byVendor) {
            for (String field : List.of("V40Vector", "V3Vector", "V2Vector")) {
                String vector = vendor.path(field).asText("");
                if (!vector.isEmpty()) {
                    vectors.add(vector);
                }
            }
        }
        return List.copyOf(vectors);
    }
}
