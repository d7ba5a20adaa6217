package io.forgefleet.clients.scan.adapter;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.tool.ToolPaths;
import io.forgefleet.clients.tool.install.InstallableTool;
import io.forgefleet.clients.tool.install.ToolInstaller;
import io.forgefleet.host.process.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;

/** The programs that scans run: real ones, and doubles of those that do what real ones do when something is wrong. */
final class ScanPrograms {

    /** Kept from test to test and from run to run. */
    private static final Path CACHE = Path.of("/var/tmp", "forgefleet-test-tools-" + System.getProperty("user.name"));

    private ScanPrograms() {}

    /** Where a real Syft is: on PATH, else installed as a fleet does it. */
    static ToolPaths syft() throws InterruptedException {
        if (Program.onPath("syft").isEmpty()) {
            try {
                new ToolInstaller(CACHE, System.getenv(), System.err::println).install(InstallableTool.SYFT);
            } catch (ClientException e) {
                Assumptions.abort("no Syft to test with: " + e.getMessage());
            }
        }
        return new ToolPaths(Map.of(), System.getenv("PATH"), CACHE.resolve("bin"));
    }

    static ToolPaths cdxgen() {
        Assumptions.assumeTrue(
                Program.onPath("cdxgen").isPresent(), "cdxgen is not on the PATH (npm install -g @cyclonedx/cdxgen)");
        return new ToolPaths(Map.of(), System.getenv("PATH"), Path.of("/nowhere"));
    }

    static ToolPaths osvScanner() {
        Assumptions.assumeTrue(
                Program.onPath("osv-scanner").isPresent(),
                "osv-scanner is not on the PATH, and compiling it takes minutes: no scanner to test with");
        return new ToolPaths(Map.of(), System.getenv("PATH"), Path.of("/nowhere"));
    }

    /** A shell script in place of a program. */
    static ToolPaths script(Path folder, String program, String script) throws IOException {
        Path file = folder.resolve(program);
        Files.writeString(file, "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        return new ToolPaths(Map.of(program, file.toString()), System.getenv("PATH"), folder);
    }
}
