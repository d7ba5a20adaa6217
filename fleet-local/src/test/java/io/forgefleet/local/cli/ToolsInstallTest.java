package io.forgefleet.local.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With a double of go: what it makes of its work is looked at, not what Go does. */
class ToolsInstallTest {

    @TempDir
    private Path folder;

    private Map<String, String> environment;

    @BeforeEach
    void makeGo() throws IOException {
        Path go = Files.createDirectory(folder.resolve("programs")).resolve("go");
        Files.writeString(
                go, "#!/bin/sh\nmkdir -p $GOBIN; printf '#!/bin/sh\\n' > $GOBIN/osv-scanner; chmod +x $GOBIN/*\n");
        Files.setPosixFilePermissions(go, PosixFilePermissions.fromString("rwxr-xr-x"));
        environment = Map.of("PATH", folder.resolve("programs") + ":/usr/bin:/bin");
    }

    @Test
    void fillsTheToolFolderOfTheConfiguredDataDirectory() throws IOException {
        Path config = Files.writeString(folder.resolve("fleet.yml"), "dataDirectory: " + folder.resolve("data") + "\n");

        Shell first = install("--config", config.toString(), "osv-scanner");
        Shell second = install("--config", config.toString(), "osv-scanner");

        assertThat(first.exit()).as(first.err()).isZero();
        assertThat(first.out()).contains("osv-scanner 2.5.0 installed: ");
        assertThat(first.err()).contains("this takes minutes");
        assertThat(second.out()).contains("was there: ");
        assertThat(folder.resolve("data/tools/bin/osv-scanner")).isExecutable();
    }

    @Test
    void saysWhatToDoWhereThereIsNoPython() {
        environment = Map.of("PATH", folder.resolve("programs").toString());
        Shell shell = install("--folder", folder.resolve("tools").toString(), "syft");
        assertThat(shell.exit()).isEqualTo(1);
        assertThat(shell.err()).contains("there is no python3 on PATH").contains("apt-get install python3-venv");
    }

    @Test
    void refusesAToolThatNoRegistryHas() {
        Shell shell = install("trivy");
        assertThat(shell.exit()).isEqualTo(2);
        assertThat(shell.err()).contains("'trivy'").contains("syft, osv-scanner");
    }

    private Shell install(String... arguments) {
        String[] line = new String[arguments.length + 2];
        line[0] = "tools";
        line[1] = "install";
        System.arraycopy(arguments, 0, line, 2, arguments.length);
        return Shell.fleet(environment, line);
    }
}
