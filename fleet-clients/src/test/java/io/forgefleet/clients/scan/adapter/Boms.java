package io.forgefleet.clients.scan.adapter;

import io.forgefleet.clients.scan.ImageToScan;
import io.forgefleet.clients.scan.Sbom;
import io.forgefleet.events.image.Digest;
import io.forgefleet.events.wire.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** SBOMs by hand. */
final class Boms {

    static final ImageToScan IMAGE =
            new ImageToScan("registry.example/team/app", new Digest("sha256:" + "a1".repeat(32)), "linux/amd64", false);

    private Boms() {}

    /** Of packages by their URLs. */
    static Sbom of(Path folder, String... purls) throws IOException {
        List<Map<String, String>> components =
                Stream.of(purls).map(Boms::component).toList();
        Path file = Files.write(
                folder.resolve("sbom.cdx.json"),
                Json.write(Map.of("bomFormat", "CycloneDX", "specVersion", "1.6", "components", components)));
        return new Sbom(IMAGE, file, file);
    }

    private static Map<String, String> component(String purl) {
        String nameAndVersion = purl.replaceFirst("\\?.*", "").replaceFirst(".*/", "");
        String[] parts = nameAndVersion.split("@", 2);
        return Map.of("type", "library", "name", parts[0], "version", parts[1].replace("%2B", "+"), "purl", purl);
    }
}
