package io.forgefleet.clients.scan;

import java.util.Set;

/** The programs that this package can run. */
public final class ScanTools {

    public static final String SYFT = "syft";
    public static final String CDXGEN = "cdxgen";
    public static final String OSV_SCANNER = "osv-scanner";
    public static final String TRIVY = "trivy";
    public static final String GRYPE = "grype";

    /** Those that {@code fleet tools install} can get. */
    public static final Set<String> INSTALLABLE = Set.of(SYFT, OSV_SCANNER);

    private ScanTools() {}

    /** Name of the files that a scanner's database consists of. */
    static String databaseFile(String scanner) {
        return switch (scanner) {
            case OSV_SCANNER -> "all.zip";
            case TRIVY -> "trivy.db";
            case GRYPE -> "vulnerability.db";
            default -> throw new IllegalArgumentException("no scanner is called " + scanner);
        };
    }

    /** How to get a tool, for messages: an advice without a full stop. */
    public static String howToGet(String tool) {
        if (tool.equals(CDXGEN)) {
            return "npm install -g @cyclonedx/cdxgen gets it, with its plugins";
        }
        return INSTALLABLE.contains(tool)
                ? "./fleet tools install " + tool + " gets it"
                : "install " + tool + " on this host, on PATH or where tools.paths of the fleet's configuration says";
    }
}
