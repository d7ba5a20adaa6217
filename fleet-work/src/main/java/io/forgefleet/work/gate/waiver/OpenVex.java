package io.forgefleet.work.gate.waiver;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.forgefleet.events.wire.Json;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Reads OpenVEX documents (openvex.dev, version 0.2.0). Statements that a package is {@code not_affected} by a vulnerability,
 * or has it {@code fixed}, are waivers without an expiry; a later statement takes an earlier one back. The packages are the
 * subcomponents of a product, or the product itself where it has none; only those with a package URL count. A product that
 * is an image ({@code pkg:oci/…}) bounds the statement to that image.
 */
public final class OpenVex {

    /** How the names of documents end that lie beside a {@link WaiverFile}. */
    public static final String FILE_END = ".openvex.json";

    /** Larger documents are refused unread. */
    public static final int MOST_CHARACTERS = 4 * 1024 * 1024;

    private static final Set<String> WAIVING = Set.of("not_affected", "fixed");
    private static final Set<String> OTHER = Set.of("affected", "under_investigation");

    private record About(@Nullable String image, String packageName) {}

    private record Statement(int index, Instant at, JsonNode json, Set<String> advisories) {}

    private final String file;
    private final List<String> errors = new ArrayList<>();

    private OpenVex(String file) {
        this.file = file;
    }

    /** Whether a JSON document says of itself that it is OpenVEX. */
    public static boolean isOpenVex(JsonNode json) {
        return json.path("@context").asText("").startsWith("https://openvex.dev/ns");
    }

    /**
     * Parses a document.
     *
     * @param file its name, for messages
     * @throws WaiverException with every error, each with its place
     */
    public static List<Waiver> parse(String file, String text) throws WaiverException {
        OpenVex reader = new OpenVex(file);
        List<Waiver> waivers = reader.read(text);
        if (!reader.errors.isEmpty()) {
            throw new WaiverException(file, reader.errors);
        }
        return waivers;
    }

    private List<Waiver> read(String text) {
        JsonNode root = tree(text);
        if (root == null) {
            return List.of();
        }
        List<Statement> statements = new ArrayList<>();
        Instant documents = time("/timestamp", root.path("timestamp").asText(""), Instant.EPOCH);
        for (int i = 0; i < root.path("statements").size(); i++) {
            statements.add(statement(i, root.path("statements").get(i), documents));
        }
        statements.sort(Comparator.comparing(Statement::at).thenComparing(Statement::index));
        Map<String, Waiver> byPackage = new HashMap<>();
        for (Statement each : statements) {
            for (About about : products(each.json())) {
                for (String advisory : each.advisories()) {
                    String key = advisory + " " + about;
                    if (WAIVING.contains(each.json().path("status").asText(""))) {
                        byPackage.put(key, waiver(each, about));
                    } else {
                        byPackage.remove(key);
                    }
                }
            }
        }
        return byPackage.values().stream()
                .distinct()
                .sorted(Comparator.comparing(Waiver::source).thenComparing(Waiver::packageName))
                .toList();
    }

    private @Nullable JsonNode tree(String text) {
        if (text.length() > MOST_CHARACTERS) {
            errors.add("it is larger than " + MOST_CHARACTERS + " characters");
            return null;
        }
        try {
            JsonNode root = Json.mapper().readTree(text);
            if (root != null && isOpenVex(root) && root.path("statements").isArray()) {
                return root;
            }
            errors.add("/: an OpenVEX document with its @context and statements was expected");
        } catch (JsonProcessingException e) {
            errors.add("line " + e.getLocation().getLineNr() + ", column "
                    + e.getLocation().getColumnNr() + ": not JSON: " + e.getOriginalMessage());
        }
        return null;
    }

    private Statement statement(int index, JsonNode json, Instant documents) {
        String at = "/statements/" + index;
        JsonNode vulnerability = json.path("vulnerability");
        Set<String> advisories = new TreeSet<>();
        String name = vulnerability.path("name").asText(vulnerability.asText(""));
        if (name.isBlank()) {
            errors.add(at + "/vulnerability/name: the id of a vulnerability was expected");
        } else {
            advisories.add(name);
        }
        vulnerability.path("aliases").forEach(alias -> advisories.add(alias.asText()));
        String status = json.path("status").asText("");
        if (!WAIVING.contains(status) && !OTHER.contains(status)) {
            errors.add(at + "/status: not_affected, affected, fixed or under_investigation was expected, got '" + status
                    + "'");
        }
        if (status.equals("not_affected") && reason(json).isEmpty()) {
            errors.add(at + ": not_affected wants a justification or an impact_statement");
        }
        return new Statement(
                index, time(at + "/timestamp", json.path("timestamp").asText(""), documents), json, advisories);
    }

    private Instant time(String at, String text, Instant otherwise) {
        try {
            return text.isEmpty() ? otherwise : OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            errors.add(at + ": a time like 2027-01-31T12:00:00Z was expected, got '" + text + "'");
            return otherwise;
        }
    }

    private static Set<About> products(JsonNode statement) {
        Set<About> products = new LinkedHashSet<>();
        for (JsonNode product : statement.path("products")) {
            String purl = purl(product);
            String image = purl.startsWith("pkg:oci/") ? purl : null;
            JsonNode inside = product.path("subcomponents");
            if (inside.isEmpty() && !purl.isEmpty()) {
                products.add(new About(image, image == null ? purl : Waiver.ANY_PACKAGE));
            }
            for (JsonNode component : inside) {
                if (!purl(component).isEmpty()) {
                    products.add(new About(image, purl(component)));
                }
            }
        }
        return products;
    }

    /** Empty when it has none. */
    private static String purl(JsonNode component) {
        String purl = component.path("identifiers").path("purl").asText("");
        String id = purl.isEmpty() ? component.path("@id").asText(component.asText("")) : purl;
        return id.startsWith("pkg:") ? id : "";
    }

    private Waiver waiver(Statement statement, About about) {
        String status = statement.json().path("status").asText("");
        String reason = reason(statement.json());
        return new Waiver(
                statement.advisories(),
                about.packageName(),
                about.image(),
                "OpenVEX: " + status + (reason.isEmpty() ? "" : ", " + reason),
                null,
                null,
                file + " statement " + (statement.index() + 1));
    }

    private static String reason(JsonNode statement) {
        String justification = statement.path("justification").asText("");
        String impact = statement.path("impact_statement").asText("");
        return impact.isEmpty() ? justification : justification.isEmpty() ? impact : justification + ": " + impact;
    }
}
