package io.forgefleet.local.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
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
    @ValueSource(
            strings = {
                "--help",
                "config --help",
                "config validate --help",
                "runs --help",
                "logs --help",
                "replay --help",
                "verify --help",
                "release --help",
                "release show --help",
                "release resume --help",
                "release abort --help",
                "template --help",
                "template pull --help",
                "template explain --help",
                "template prepare --help",
                "tools --help",
                "tools install --help"
            })
    void helpIsAResultAndNoFailure(String line) {
        Shell shell = Shell.fleet(line.split(" "));
        assertThat(shell.exit()).isZero();
        assertThat(shell.out()).contains("Usage: ./fleet");
        assertThat(shell.err()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "runs",
                "logs",
                "logs -f 0123456789abcdef01234567",
                "replay --since 2h",
                "release show 0123456789abcdef01234567",
                "release resume 0123456789abcdef01234567",
                "release abort 0123456789abcdef01234567"
            })
    void saysHowToStartAFleetWhereNoneIs(String line) {
        Shell shell = Shell.fleet(Map.of("FLEET_SERVER", "http://127.0.0.1:1"), line.split(" "));
        assertThat(shell.exit()).isEqualTo(1);
        assertThat(shell.err())
                .contains("no fleet answers at http://127.0.0.1:1")
                .contains("./fleet up")
                .contains("--server")
                .doesNotContain("\tat ");
        assertThat(shell.out()).isEmpty();
    }

    @Test
    void showsStackTracesToWhoAsksForThem() {
        Shell shell = Shell.fleet("runs", "--server", "http://127.0.0.1:1", "--debug");
        assertThat(shell.err()).contains("\tat ");
    }

    @Test
    void refusesAnAddressThatIsNone() {
        Shell shell = Shell.fleet("runs", "--server", "localhost");
        assertThat(shell.exit()).isEqualTo(1);
        assertThat(shell.err()).contains("'localhost' is no address").contains("http://127.0.0.1:8081");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "replay",
                "replay --dry-run",
                "replay --pr a/b#1 --sha 0123456",
                "runs --limit many",
                "release",
                "release show",
                "release resume",
                "release abort",
                "verify image:1",
                "verify --key cosign.pub --certificate-identity me --certificate-oidc-issuer http://x image:1",
                "tools install trivy"
            })
    void refusesWhatCannotBeMeant(String line) {
        assertThat(Shell.fleet(line.split(" ")).exit()).isEqualTo(2);
    }
}
