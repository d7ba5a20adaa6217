package io.forgefleet.local.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommandLineTest {

    @Test
    void hintsAtTheCommandThatWasMeant() {
        Shell shell = Shell.fleet("config", "validat");
        assertThat(shell.exit()).isEqualTo(2);
        assertThat(shell.err()).contains("validat").contains("config validate");
        assertThat(shell.out()).isEmpty();
    }

    @Test
    void hintsAtTheOptionThatWasMeant() {
        Shell shell = Shell.fleet("config", "validate", "--jsn");
        assertThat(shell.exit()).isEqualTo(2);
        assertThat(shell.err()).contains("--jsn").contains("--json");
    }

    @Test
    void refusesToRunNothing() {
        assertThat(Shell.fleet().exit()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--help", "config --help", "config validate --help"})
    void helpIsAResultAndNoFailure(String line) {
        Shell shell = Shell.fleet(line.split(" "));
        assertThat(shell.exit()).isZero();
        assertThat(shell.out()).contains("Usage: ./fleet");
        assertThat(shell.err()).isEmpty();
    }
}
