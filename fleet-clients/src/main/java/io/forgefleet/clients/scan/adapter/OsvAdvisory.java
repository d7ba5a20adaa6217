package io.forgefleet.clients.scan.adapter;

import com.fasterxml.jackson.databind.JsonNode;
import io.forgefleet.clients.scan.PackageRef;
import io.forgefleet.clients.scan.ReportedFinding;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One advisory in the form of OSV (ossf.github.io/osv-schema).
 *
 * @param name of the package that is looked at, as OSV calls it
 * @param ecosystem of that package
 */
record OsvAdvisory(JsonNode json, String name, String ecosystem) {

    /** What Debian writes where it has judged; elsewhere its word means nothing. */
    private static final Pattern DEBIANS_URGENCY = Pattern.compile("(unimportant|low|medium|high)\\*{0,2}");

    String id() {
        return json.path("id").asText("");
    }

    /** As a finding of one installed package. */
    ReportedFinding in(PackageRef installed) {
        String summary = json.path("summary").asText("");
        return new ReportedFinding(
                id(),
                aliases(),
                installed,
                severity(),
                vectors(),
                fixedIn(),
                summary.isEmpty() ? json.path("details").asText("") : summary,
                "https://osv.dev/vulnerability/" + id());
    }

    private Set<String> aliases() {
        Set<String> aliases = new TreeSet<>();
        json.path("aliases").forEach(each -> aliases.add(each.asText()));
        // a distribution's advisory may mend several vulnerabilities; then it is none of them
        if (json.path("upstream").size() == 1) {
            aliases.add(json.path("upstream").get(0).asText());
        }
        return aliases;
    }

    private @Nullable String severity() {
        String word = json.path("database_specific").path("severity").asText("");
        if (!word.isEmpty()) {
            return word;
        }
        for (JsonNode each : json.path("severity")) {
            if (!isCvss(each) && !each.path("score").asText("").isEmpty()) {
                return each.path("score").asText();
            }
        }
        for (JsonNode affected : affected()) {
            String own = affected.path("database_specific").path("severity").asText("");
            String urgency = affected.path("ecosystem_specific").path("urgency").asText("");
            if (!own.isEmpty()) {
                return own;
            }
            if (DEBIANS_URGENCY.matcher(urgency).matches()) {
                return urgency.replace("*", "");
            }
        }
        return null;
    }

    private List<String> vectors() {
        Set<String> vectors = new LinkedHashSet<>();
        json.path("severity").forEach(each -> addVector(vectors, each));
        affected().forEach(one -> one.path("severity").forEach(each -> addVector(vectors, each)));
        return List.copyOf(vectors);
    }

    private static void addVector(Set<String> vectors, JsonNode severity) {
        if (isCvss(severity)) {
            vectors.add(severity.path("score").asText(""));
        }
    }

    private static boolean isCvss(JsonNode severity) {
        return severity.path("type").asText("").startsWith("CVSS");
    }

    private List<String> fixedIn() {
        Set<String> versions = new LinkedHashSet<>();
        for (JsonNode affected : affected()) {
            for (JsonNode range : affected.path("ranges")) {
                // the other kind is GIT, whose versions are commits
                if (!range.path("type").asText("").equals("GIT")) {
                    for (JsonNode event : range.path("events")) {
                        if (event.has("fixed")) {
                            versions.add(event.path("fixed").asText());
                        }
                    }
                }
            }
        }
        return List.copyOf(versions);
    }

    /** Of what the advisory says, that about the package. */
    private List<JsonNode> affected() {
        List<JsonNode> found = new ArrayList<>();
        for (JsonNode each : json.path("affected")) {
            JsonNode about = each.path("package");
            String theirs = about.path("ecosystem").asText("");
            if (about.path("name").asText("").toLowerCase(Locale.ROOT).equals(name.toLowerCase(Locale.ROOT))
                    && (theirs.equals(ecosystem) || ecosystem.isEmpty())) {
                found.add(each);
            }
        }
        return found;
    }
}
