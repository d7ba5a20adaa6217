package io.forgefleet.work.gate;

import io.forgefleet.clients.scan.ScanReport;

/**
 * What one scanner told about one platform of an image.
 *
 * @param platform {@code os/arch[/variant]}; empty when it does not matter
 */
public record PlatformReport(String platform, ScanReport report) {}
