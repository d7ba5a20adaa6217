package io.forgefleet.local.demo.site;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.scan.ScanTools;
import io.forgefleet.clients.sign.cosign.CosignTool;
import io.forgefleet.clients.tool.Command;
import io.forgefleet.host.advisory.AdvisoryDatabase;
import io.forgefleet.runtime.config.FleetConfig;
import io.forgefleet.work.gate.ConfiguredScan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * The SBOM tool, the scanner and the signing tool, where they are installed.
 *
 * @param environment of this process
 * @param tools those that were found, by name
 */
record SecurityTools(Map<String, String> environment, Map<String, Path> tools) {

    private static final List<String> TO_SCAN = List.of(ScanTools.SYFT, ScanTools.OSV_SCANNER);
    private static final List<String> TO_RELEASE = List.of(ScanTools.SYFT, ScanTools.OSV_SCANNER, CosignTool.NAME);
    private static final String KEY = "demo";
    private static final Duration WITHIN = Duration.ofSeconds(30);
    private static final Set<PosixFilePermission> PRIVATE = PosixFilePermissions.fromString("rwx------");
    private static final int MOST_OUTPUT = 4096;

    /** Looks on the {@code PATH}, and where {@code ./fleet tools install} puts them without a configuration. */
    static SecurityTools find(FleetConfig defaults, Map<String, String> environment) {
        Map<String, Path> found = new LinkedHashMap<>();
        for (String name : TO_RELEASE) {
            ConfiguredScan.paths(defaults, environment).find(name).ifPresent(path -> found.put(name, path));
        }
        return new SecurityTools(environment, found);
    }

    /** What a scan lacks, and how to get it; empty where nothing is missing. */
    String scanObstacle() {
        return obstacle(TO_SCAN);
    }

    /** The same of a release. */
    String releaseObstacle() {
        return obstacle(TO_RELEASE);
    }

    private String obstacle(List<String> wanted) {
        List<String> missing =
                wanted.stream().filter(name -> !tools.containsKey(name)).toList();
        return missing.isEmpty() ? "" : "no " + String.join(", ", missing) + " here: ./fleet tools install";
    }

    /**
     * The rules for the repositories that are scanned and released.
     *
     * @param owner forge and owner, with a slash at the end
     */
    String rules(String owner) {
        StringBuilder rules = new StringBuilder();
        if (scanObstacle().isEmpty()) {
            rules.append(
                    "  - {match: \"%s\", images: main, scan: {failOn: high}}\n".formatted(owner + DemoSite.SCANNED));
        }
        if (releaseObstacle().isEmpty()) {
            rules.append("  - {match: \"%s\", images: main, release: {keys: [%s]}}\n"
                    .formatted(owner + DemoSite.RELEASED, KEY));
        }
        return rules.toString();
    }

    /** Makes a small database of advisories and a key for this demo alone, and says in the configuration where everything is. */
    String settings(Path folder) throws IOException, ClientException, InterruptedException {
        if (!scanObstacle().isEmpty()) {
            return "";
        }
        Path database = folder.resolve("osv");
        AdvisoryDatabase.write(database, "PyPI");
        String paths = tools.entrySet().stream()
                .map(tool -> "%s: \"%s\"".formatted(tool.getKey(), tool.getValue()))
                .collect(Collectors.joining(", "));
        return "tools: {scannerDatabase: \"%s\", paths: {%s}}\n".formatted(database, paths)
                + (releaseObstacle().isEmpty() ? signing(folder) : "");
    }

    private String signing(Path folder) throws IOException, ClientException, InterruptedException {
        Path secrets = Files.createDirectory(secrets(folder), PosixFilePermissions.asFileAttribute(PRIVATE));
        String passphrase = UUID.randomUUID().toString();
        Path kept = Files.writeString(secrets.resolve("passphrase"), passphrase);
        Map<String, String> variables = new HashMap<>(environment);
        variables.put("COSIGN_PASSWORD", passphrase);
        String cosign = String.valueOf(tools.get(CosignTool.NAME));
        Command.Result made =
                new Command(List.of(cosign, "generate-key-pair"), variables, secrets, "", WITHIN).run(MOST_OUTPUT);
        if (made.exit() != 0) {
            throw new IOException("cosign made no key: " + made.errors());
        }
        return "signing: {keys: [{name: %s, key: \"${file:%s}\", passphrase: \"${file:%s}\"}]}\n"
                .formatted(KEY, secrets.resolve("cosign.key"), kept);
    }

    /** Of the key that {@link #settings} makes. */
    static Path publicKey(Path folder) {
        return secrets(folder).resolve("cosign.pub");
    }

    private static Path secrets(Path folder) {
        return folder.resolve("secrets");
    }
}
