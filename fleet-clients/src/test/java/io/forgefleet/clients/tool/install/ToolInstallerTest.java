package io.forgefleet.clients.tool.install;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forgefleet.clients.ClientException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That Syft really comes from its registry, the tests of Syft see to, which install it. Here go and python3 are doubles. */
class ToolInstallerTest {

    @TempDir
    private Path folder;

    private final List<String> told = new ArrayList<>();
    private Path programs;

    @BeforeEach
    void prepare() throws IOException {
        programs = Files.createDirectory(folder.resolve("programs"));
    }

    @Test
    void installsAndDoesNothingTheNextTime() throws Exception {
        program(
                "go",
                "echo called >> %s/calls; mkdir -p $GOBIN; printf '#!/bin/sh\\n' > $GOBIN/osv-scanner; chmod +x $GOBIN/osv-scanner"
                        .formatted(folder));
        ToolInstaller installer = installer(Map.of());

        assertThat(installer.install(InstallableTool.OSV_SCANNER)).isTrue();
        assertThat(installer.install(InstallableTool.OSV_SCANNER)).isFalse();

        assertThat(installer.program(InstallableTool.OSV_SCANNER))
                .isExecutable()
                .isSymbolicLink();
        assertThat(Files.readAllLines(folder.resolve("calls"))).hasSize(1);
        assertThat(told).singleElement().asString().contains("osv-scanner").contains("minutes");
    }

    @Test
    void whatAnInterruptedInstallationLeftIsReplaced() throws Exception {
        Path home = folder.resolve("tools/osv-scanner-" + InstallableTool.OSV_SCANNER.version());
        Files.createDirectories(home);
        Files.writeString(home.resolve("osv-scanner"), "half");
        program(
                "go",
                "test ! -e $GOBIN && mkdir $GOBIN && printf '#!/bin/sh\\n' > $GOBIN/osv-scanner && chmod +x $GOBIN/*");

        assertThat(installer(Map.of()).install(InstallableTool.OSV_SCANNER)).isTrue();
    }

    @Test
    void aNewerVersionTakesThePlaceOfAnOlderOne() throws Exception {
        Path old = Files.createDirectories(folder.resolve("tools/osv-scanner-1.0.0"))
                .resolve("osv-scanner");
        Files.writeString(old, "#!/bin/sh\n");
        Files.setPosixFilePermissions(old, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.createDirectories(folder.resolve("tools/bin"));
        Files.createSymbolicLink(folder.resolve("tools/bin/osv-scanner"), old);
        program("go", "mkdir -p $GOBIN; printf '#!/bin/sh\\n' > $GOBIN/osv-scanner; chmod +x $GOBIN/*");

        ToolInstaller installer = installer(Map.of());
        assertThat(installer.install(InstallableTool.OSV_SCANNER)).isTrue();
        assertThat(installer.program(InstallableTool.OSV_SCANNER).toRealPath().toString())
                .contains(InstallableTool.OSV_SCANNER.version());
    }

    @Test
    void saysWhatIsMissing() {
        assertThatThrownBy(() -> installer(Map.of("PATH", "/nowhere")).install(InstallableTool.SYFT))
                .isInstanceOf(ClientException.class)
                .hasMessageContaining("there is no python3 on PATH")
                .hasMessageContaining("apt-get install python3-venv");
        assertThatThrownBy(() -> installer(Map.of("PATH", "/nowhere")).install(InstallableTool.OSV_SCANNER))
                .isInstanceOf(ClientException.class)
                .hasMessageContaining("Go 1.26.5 or newer is needed");
        assertThat(folder.resolve("tools/bin/syft")).doesNotExist();
    }

    @Test
    void aNetworkThatIsAwayLeavesNothingThatLooksInstalled() throws Exception {
        program("go", "echo 'dial tcp: lookup proxy: no such host' >&2; exit 1");
        assertThatThrownBy(() -> installer(Map.of()).install(InstallableTool.OSV_SCANNER))
                .isInstanceOf(ClientException.class)
                .hasMessageContaining("no such host")
                .hasMessageContaining("module proxy");
        assertThat(folder.resolve("tools/bin/osv-scanner")).doesNotExist();
    }

    @Test
    void anInstallerThatMakesNothingIsAFailure() throws Exception {
        program("go", "exit 0");
        assertThatThrownBy(() -> installer(Map.of()).install(InstallableTool.OSV_SCANNER))
                .isInstanceOf(ClientException.class)
                .hasMessageContaining("no program for this machine");
    }

    private ToolInstaller installer(Map<String, String> more) {
        Map<String, String> environment = new HashMap<>(Map.of("PATH", programs + ":/usr/bin:/bin"));
        environment.putAll(more);
        return new ToolInstaller(folder.resolve("tools"), environment, told::add);
    }

    private void program(String name, String script) throws IOException {
        Path file = Files.writeString(programs.resolve(name), "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
