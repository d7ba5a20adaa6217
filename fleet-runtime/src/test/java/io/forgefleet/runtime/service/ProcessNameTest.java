package io.forgefleet.runtime.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ProcessNameTest {

    @Test
    void tellsContainersApartWhoseProgramsAllHaveOneNumber() throws Exception {
        String host = Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
        assertThat(ProcessName.of("build"))
                .isEqualTo("build@" + host + "/" + ProcessHandle.current().pid());
    }
}
