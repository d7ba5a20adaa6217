package io.forgefleet.local.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.forgefleet.local.console.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainTest {

    /** The launcher says nothing of a training that failed: commands would only be slower, for ever. */
    @Test
    void trainsForCommandsWithARepositoryAndAReleaseThatHold(@TempDir Path folder) {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(said, true, StandardCharsets.UTF_8);
        int exit = Main.run(
                new Terminal(stream, stream, false, false),
                Map.of("PATH", System.getenv("PATH")),
                "train",
                "command",
                "--folder",
                folder.resolve("training").toString());
        assertThat(exit).as(said.toString(StandardCharsets.UTF_8)).isZero();
    }
}
