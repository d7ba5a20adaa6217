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
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Grype. */
public final class Grype implements Scanner {

    private final ScanTool tool;
    private final @Nullable ScannerDatabase database;

    /**
     * @param database its folder is Grype's database cache; null lets Grype get and keep its own
     * @param environment of this process
     * @param timeout for one SBOM
     */
    public Grype(
            ToolPaths paths, @Nullable ScannerDatabase database, Map<String, String> environment, Duration timeout) {
        this.tool = new ScanTool(ScanTools.GRYPE, paths, environment, timeout);
        this.database = database;
    }

    @Override
    public String name() {
        return tool.name();
    }

    @Override
    public ScanReport scan(Sbom sbom) throws ScanException, InterruptedException {
        String tried = "scan " + sbom.subject();
        Map<String, String> variables = new HashMap<>(Map.of("GRYPE_CHECK_FOR_APP_UPDATE", "false"));
        if (database != null) {
            database.check(name());
            variables.put(
                    "GRYPE_DB_CACHE_DIR", database.folder().toAbsolutePath().toString());
            variables.put("GRYPE_DB_AUTO_UPDATE", "false");
            variables.put("GRYPE_DB_MAX_ALLOWED_BUILT_AGE", database.maxAge().toSeconds() + "s");
        }
        List<String> arguments = List.of("sbom:" + sbom.cycloneDx().toAbsolutePath(), "--output=json", "--quiet");
        try (Scratch scratch = Scratch.make()) {
            Command.Result result = tool.run(tried, arguments, variables, scratch.folder());
            if (result.exit() != 0) {
                throw tool.crashed(tried, result);
            }
            return report(tried, tool.json(tried, result));
        }
    }

    private ScanReport report(String tried, JsonNode json) throws ScanException {
        if (!json.path("matches").isArray()) {
            throw tool.unreadable(tried, "it has no matches", null);
        }
        if (database != null) {
            checkAge(database, json.path("descriptor").path("db"));
        }
        List<ReportedFinding> findings = new ArrayList<>();
        for (JsonNode each : json.path("matches")) {
            findings.add(finding(tried, each));
        }
        return new ScanReport(name(), findings, List.of());
    }

    /** By the time that Grype itself names, whose place changed with version 6 of its database. */
    private void checkAge(ScannerDatabase known, JsonNode db) throws ScanException {
        String built = db.path("status").path("built").asText(db.path("built").asText(""));
        try {
            if (!built.isEmpty()) {
                known.checkAge(name(), Instant.parse(built));
            }
        } catch (DateTimeParseException e) {
            throw tool.unreadable("scan", "its database was built at '" + built + "'", e);
        }
    }

    private ReportedFinding finding(String tried, JsonNode match) throws ScanException {
        JsonNode vulnerability = match.path("vulnerability");
        JsonNode artifact = match.path("artifact");
        String id = vulnerability.path("id").asText("");
        if (id.isEmpty()) {
            throw tool.unreadable(tried, "a match has no vulnerability id", null);
        }
        // an advisory of a distribution may be related to several vulnerabilities; then it is none of them
        JsonNode related = match.path("relatedVulnerabilities");
        Set<String> aliases =
                related.size() == 1 ? Set.of(related.get(0).path("id").asText(id)) : Set.of();
        List<String> fixedIn = new ArrayList<>();
        vulnerability.path("fix").path("versions").forEach(each -> fixedIn.add(each.asText()));
        return new ReportedFinding(
                id,
                aliases,
                new PackageRef(
                        artifact.path("name").asText(""),
                        artifact.path("version").asText(""),
                        artifact.path("type").asText(""),
                        PackageRef.bare(artifact.path("purl").asText(""))),
                vulnerability.path("severity").asText(null),
                vectors(vulnerability, related.size() == 1 ? related.get(0) : vulnerability),
                fixedIn,
                vulnerability.path("description").asText(""),
                vulnerability.path("dataSource").asText(null));
    }

    private static List<String> vectors(JsonNode... sources) {
        Set<String> vectors = new LinkedHashSet<>();
        for (JsonNode source : sources) {
            for (JsonNode cvss : source.path("cvss")) {
                String vector = cvss.path("vector").asText("");
                if (!vector.isEmpty()) {
                    vectors.add(vector);
                }
            }
        }
        return List.copyOf(vectors);
    }
}
