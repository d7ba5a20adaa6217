package io.forgefleet.work.gate.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.forgefleet.clients.scan.PackageRef;
import io.forgefleet.events.wire.Json;
import io.forgefleet.work.gate.Finding;
import io.forgefleet.work.gate.Severity;
import io.forgefleet.work.gate.Verdict;
import io.forgefleet.work.gate.waiver.Waiver;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A verdict as SARIF 2.1.0 (docs.oasis-open.org/sarif): a rule per advisory, a result per finding, waivers as suppressions.
 * The same verdict gives the same bytes. A finding is told from others by advisory, package and repository of the image, not by
 * its digest, so that whoever compares the scans of two builds sees what stayed.
 */
public final class Sarif {

    /** Of such a file. */
    public static final String MEDIA_TYPE = "application/sarif+json";

    private static final String SCHEMA =
            "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

    private Sarif() {}

    /** JSON in UTF-8. */
    public static byte[] of(Verdict verdict) {
        Map<String, Finding> rules = new LinkedHashMap<>();
        for (Finding each : verdict.findings()) {
            rules.merge(each.id(), each, (one, other) -> one.severity().compareTo(other.severity()) >= 0 ? one : other);
        }
        List<String> order = new ArrayList<>(rules.keySet());
        ObjectNode log = Json.mapper().createObjectNode();
        log.put("$schema", SCHEMA).put("version", "2.1.0");
        ObjectNode run = log.putArray("runs").addObject();
        ObjectNode driver = run.putObject("tool").putObject("driver");
        driver.put("name", "forgefleet");
        ArrayNode ruleList = driver.putArray("rules");
        rules.values().forEach(each -> rule(ruleList.addObject(), each));
        // a code host keeps the newest run of each category, and refuses two of one
        run.putObject("automationDetails")
                .put("id", "forgefleet/" + verdict.image().repository() + "/");
        ArrayNode results = run.putArray("results");
        for (Finding each : verdict.blocking()) {
            result(results.addObject(), verdict, each, order.indexOf(each.id()), null);
        }
        for (Finding each : verdict.tolerated()) {
            result(results.addObject(), verdict, each, order.indexOf(each.id()), null);
        }
        for (Verdict.Waived each : verdict.waived()) {
            result(
                    results.addObject(),
                    verdict,
                    each.finding(),
                    order.indexOf(each.finding().id()),
                    each.waiver());
        }
        run.putObject("properties").put("image", verdict.image().reference());
        return Json.write(log);
    }

    private static void rule(ObjectNode rule, Finding finding) {
        String title = finding.title().isEmpty() ? finding.id() : finding.title();
        rule.put("id", finding.id());
        rule.putObject("shortDescription").put("text", finding.id() + ": " + title);
        rule.putObject("fullDescription").put("text", title);
        if (finding.url() != null && finding.url().startsWith("https://")) {
            rule.put("helpUri", finding.url());
        }
        String help = title + "\n\nAlso known as " + String.join(", ", finding.ids()) + ". In " + finding.installed()
                + ": " + finding.remedy() + ".";
        rule.putObject("help").put("text", help).put("markdown", help.replace("<", "&lt;"));
        rule.putObject("defaultConfiguration").put("level", level(finding.severity()));
        ObjectNode properties = rule.putObject("properties");
        properties.putArray("tags").add("security").add("vulnerability");
        if (finding.severity() != Severity.UNKNOWN) {
            properties.put("security-severity", score(finding));
        }
    }

    private static void result(ObjectNode result, Verdict verdict, Finding finding, int rule, @Nullable Waiver waiver) {
        result.put("ruleId", finding.id()).put("ruleIndex", rule).put("level", level(finding.severity()));
        String platforms = finding.platforms().isEmpty() ? "" : " on " + String.join(", ", finding.platforms());
        result.putObject("message")
                .put(
                        "text",
                        finding + platforms + ", severity " + finding.severity().word());
        ObjectNode location = result.putArray("locations").addObject();
        ObjectNode place = location.putObject("physicalLocation");
        place.putObject("artifactLocation").put("uri", uri(verdict.image().repository()));
        // there are no lines, and GitHub wants some
        place.putObject("region")
                .put("startLine", 1)
                .put("startColumn", 1)
                .put("endLine", 1)
                .put("endColumn", 1);
        PackageRef installed = finding.installed();
        location.putArray("logicalLocations")
                .addObject()
                .put("name", installed.name())
                .put("fullyQualifiedName", installed.purl() == null ? installed.key() : installed.purl())
                .put("kind", "package");
        String fingerprint = fingerprint(finding);
        result.putObject("partialFingerprints")
                .put("finding/v1", fingerprint)
                .put("primaryLocationLineHash", fingerprint + ":1"); // the one that GitHub reads
        ArrayNode suppressions = result.putArray("suppressions");
        if (waiver != null) {
            suppressions
                    .addObject()
                    .put("kind", "external")
                    .put("status", "accepted")
                    .put("justification", justification(waiver));
        }
        ObjectNode properties = result.putObject("properties");
        properties.put("blocks", verdict.blocking().contains(finding));
        finding.platforms().forEach(properties.putArray("platforms")::add);
        finding.scanners().forEach(properties.putArray("scanners")::add);
    }

    private static String justification(Waiver waiver) {
        return waiver.reason() + (waiver.who() == null ? "" : " (" + waiver.who() + ")")
                + (waiver.expires() == null ? "" : ", until " + waiver.expires()) + "; " + waiver.source();
    }

    private static String level(Severity severity) {
        return switch (severity) {
            case CRITICAL, HIGH, UNKNOWN -> "error";
            case MEDIUM -> "warning";
            case LOW -> "note";
        };
    }

    /** As code hosts read it: above 9 critical, from 7 high, from 4 medium. */
    private static String score(Finding finding) {
        Double score = finding.score();
        if (score != null && score > 0) {
            return String.valueOf(score);
        }
        return switch (finding.severity()) {
            case CRITICAL -> "9.5";
            case HIGH -> "8.0";
            case MEDIUM -> "5.5";
            case LOW, UNKNOWN -> "2.0";
        };
    }

    /** A relative reference, whose first segment may hold no colon (RFC 3986, 4.2). */
    private static String uri(String reference) {
        int slash = reference.indexOf('/');
        return reference.substring(0, Math.max(slash, 0)).replace(":", "%3A") + reference.substring(Math.max(slash, 0));
    }

    /** The same for the same vulnerability of the same package in any build. */
    private static String fingerprint(Finding finding) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256")
                    .digest((finding.id() + " " + finding.installed().key()).getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
