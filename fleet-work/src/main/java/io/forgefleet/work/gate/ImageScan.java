package io.forgefleet.work.gate;

import io.forgefleet.clients.scan.ImageToScan;
import io.forgefleet.clients.scan.Sbom;
import io.forgefleet.clients.scan.SbomTool;
import io.forgefleet.clients.scan.ScanException;
import io.forgefleet.clients.scan.Scanner;
import io.forgefleet.events.image.Digest;
import io.forgefleet.work.gate.waiver.Waiver;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The whole way of an image: SBOM of each platform, each scanner on each of these, the gate. Thread-safe; ends what it has
 * started when its thread is interrupted.
 */
public final class ImageScan {

    private final SbomTool sbomTool;
    private final List<Scanner> scanners;
    private final Gate gate;

    /**
     * @param scanners at least one; what any of them finds counts
     */
    public ImageScan(SbomTool sbomTool, List<Scanner> scanners, Gate gate) {
        if (scanners.isEmpty()) {
            throw new IllegalArgumentException("an image cannot be scanned without a scanner");
        }
        this.sbomTool = sbomTool;
        this.scanners = List.copyOf(scanners);
        this.gate = gate;
    }

    /**
     * Scans an image.
     *
     * @param digest of the index of all platforms, or of the only image
     * @param platforms at least one, all of one repository
     * @param waivers of the repository that the image was built from
     * @param folder there already; gets the SBOMs
     * @return a verdict only when every scanner has seen every platform
     */
    public GateResult scan(Digest digest, List<ImageToScan> platforms, Policy policy, List<Waiver> waivers, Path folder)
            throws InterruptedException {
        if (platforms.isEmpty()) {
            throw new IllegalArgumentException("an image has at least one platform");
        }
        ImageSubject image = ImageSubject.of(digest, platforms);
        try {
            List<PlatformReport> reports = new ArrayList<>();
            for (ImageToScan each : platforms) {
                Sbom sbom = sbomTool.describe(each, folder);
                for (Scanner scanner : scanners) {
                    reports.add(new PlatformReport(each.platform(), scanner.scan(sbom)));
                }
            }
            return gate.judge(image, reports, policy, waivers);
        } catch (ScanException e) {
            return CouldNotScan.of(image, e);
        }
    }
}
