package io.forgefleet.work.gate;

import io.forgefleet.clients.scan.PackageRef;
import io.forgefleet.clients.scan.ReportedFinding;
import io.forgefleet.clients.scan.ScanReport;
import io.forgefleet.events.image.Digest;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What scanners may tell. */
public final class Told {

    public static final ImageSubject IMAGE =
            new ImageSubject("registry.example:5000/team/app", new Digest("sha256:" + "a1".repeat(32)), Set.of());

    private Told() {}

    public static PlatformReport by(String scanner, String platform, ReportedFinding... findings) {
        return new PlatformReport(platform, new ScanReport(scanner, List.of(findings), List.of()));
    }

    public static ReportedFinding finding(String id, String pypi, @Nullable String severity, String... aliases) {
        return new ReportedFinding(
                id,
                Set.of(aliases),
                python(pypi),
                severity,
                List.of(),
                List.of("3.1.3"),
                "A title",
                "https://osv.dev/" + id);
    }

    /** Of a text like {@code jinja2@2.4.1}. */
    public static PackageRef python(String nameAndVersion) {
        String[] parts = nameAndVersion.split("@", 2);
        return new PackageRef(parts[0], parts[1], "PyPI", "pkg:pypi/" + nameAndVersion);
    }
}
