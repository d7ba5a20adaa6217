package io.forgefleet.clients.scan;

import com.fasterxml.jackson.databind.JsonNode;
import io.forgefleet.clients.scan.ScanException.Problem;
import io.forgefleet.events.wire.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The SBOM of one image of one platform, or of a file, in two formats. The same digest gives the same files again, but for their serial
 * number and time.
 *
 * @param cycloneDx CycloneDX JSON
 * @param spdx SPDX JSON
 */
public record Sbom(ScanSubject subject, Path cycloneDx, Path spdx) {

    /**
     * One component with a package URL.
     *
     * @param purl with its qualifiers
     */
    public record Component(String name, String version, String purl) {

        /** As a package of an ecosystem. */
        public PackageRef asPackage(String ecosystem) {
            return new PackageRef(name, version, ecosystem, PackageRef.bare(purl));
        }
    }

    /** Every component that has a package URL, nested ones too. */
    public List<Component> components() throws ScanException {
        JsonNode root;
        try {
            root = Json.mapper().readTree(Files.readAllBytes(cycloneDx));
        } catch (IOException e) {
            throw unreadable(e.toString(), e);
        }
        if (root == null || !root.path("bomFormat").asText("").equals("CycloneDX")) {
            throw unreadable("it is not CycloneDX", null);
        }
        List<Component> found = new ArrayList<>();
        Deque<JsonNode> open = new ArrayDeque<>();
        root.path("components").forEach(open::add);
        while (!open.isEmpty()) {
            JsonNode component = open.removeFirst();
            component.path("components").forEach(open::add);
            String purl = component.path("purl").asText("");
            if (!purl.isEmpty()) {
                found.add(new Component(
                        component.path("name").asText(""),
                        component.path("version").asText(""),
                        purl));
            }
        }
        return found;
    }

    private ScanException unreadable(String why, @Nullable Throwable cause) {
        return new ScanException(
                Problem.UNREADABLE, "could not read the SBOM " + cycloneDx + " of " + subject + ": " + why, cause);
    }
}
