package io.forgefleet.local.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.forgefleet.events.wire.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigValidateTest {

    private static final String FLEET = """
            forges:
              - {name: here, kind: forgejo, url: "http://127.0.0.1:3000", webhookSecrets: ["${env:SECRET}"], repositories: ["**"]}
            registries:
              - {name: main, address: "127.0.0.1:5000/team", plainHttp: true}
            repositories:
              - {match: "here:**", images: main}
            """;

    @TempDir
    private Path folder;

    @Test
    void tellsEveryErrorOfBothFilesAtOnce() throws IOException {
        Path fleet = write("fleet.yml", FLEET.replace("forgejo", "forgery").replace("images: main", "images: mine"));
        Path repository =
                write(".forgefleet.yml", "images:\n  - {name: Cli, dockerfile: ../Dockerfile}\nimage: typo\n");

        Shell shell = Shell.fleet(Map.of("SECRET", "s"), "config", "validate", fleet.toString(), repository.toString());

        assertThat(shell.exit()).isEqualTo(1);
        assertThat(shell.out())
                .contains("/forges/0/kind")
                .contains("/repositories/0/images")
                .contains("/images/0/name")
                .contains("/images/0/dockerfile")
                .contains("/image:");
    }

    @Test
    void isContentWithValidFiles() throws IOException {
        Path fleet = write("fleet.yml", FLEET);
        Path repository = write("app.forgefleet.yml", "images: [{name: cli}]\n");

        Shell shell = Shell.fleet(Map.of("SECRET", "s"), "config", "validate", fleet.toString(), repository.toString());

        assertThat(shell.exit()).isZero();
        assertThat(shell.out()).contains("fleet.yml: valid").contains("app.forgefleet.yml: valid");
    }

    @Test
    void warnsOfPinsThatMayMove() throws IOException {
        Path repository =
                write(".forgefleet.yml", "ciImages: [{name: ci, pinIn: [.gitea/workflows/*.yml]}, {name: other}]\n");
        Path workflows = Files.createDirectories(folder.resolve(".gitea/workflows"));
        Files.writeString(workflows.resolve("test.yml"), """
                jobs:
                  a: {container: registry.example/team/app/ci:latest}
                  b: {container: "registry.example/team/app/ci@sha256:%s"}
                  c: {container: "registry.example/team/app/other:latest"}
                """.formatted("0".repeat(64)));

        Shell shell = Shell.fleet("config", "validate", repository.toString());

        assertThat(shell.exit()).isZero();
        assertThat(shell.out())
                .contains(": valid")
                .containsOnlyOnce("warning:")
                .contains("warning: .gitea/workflows/test.yml:2:18: registry.example/team/app/ci:latest may move");
    }

    @Test
    void tellsWhatIsWrongWithWaivers() throws IOException {
        Path waivers = write("waivers.yml", """
                waivers:
                  - {advisory: CVE-2019-10906, package: jinja2, expires: soon}
                  - {advisory: CVE-2014-0012, package: "*", reason: all of them, expires: 2099-01-01, until: never}
                """);
        Path vex = write("app.openvex.json", """
                {"@context": "https://openvex.dev/ns/v0.2.0", "statements": [
                  {"vulnerability": {"name": "CVE-1"}, "status": "harmless"}]}
                """);
        Path broken = write("broken.openvex.json", "{\n  no json");

        Shell shell = Shell.fleet("config", "validate", waivers.toString(), vex.toString(), broken.toString());

        assertThat(shell.exit()).isEqualTo(1);
        assertThat(shell.out())
                .contains("line 2, column 5: a reason was expected as 'reason'")
                .contains("line 2, column 49: 'soon' is no day; one like 2027-01-31 was expected")
                .contains("line 3, column 31: '*' is no package; waivers are for one package each")
                .contains("line 3, column 87: 'until' is not known here")
                .contains("/statements/0/status: not_affected, affected, fixed or under_investigation was expected")
                .contains("line 2, column 3: not JSON")
                .doesNotContain(": valid");
    }

    @Test
    void warnsOfWaiversWhoseLastDayIsOver() throws IOException {
        Path waivers = write("waivers.yml", """
                waivers:
                  - {advisory: CVE-1, package: jinja2, reason: none, expires: 2001-02-03}
                  - {advisory: CVE-2, package: jinja2, reason: none, expires: 2999-01-01}
                """);
        Path vex = write("app.openvex.json", """
                {"@context": "https://openvex.dev/ns/v0.2.0", "statements": [
                  {"vulnerability": {"name": "CVE-3"}, "status": "fixed", "products": [{"@id": "pkg:pypi/jinja2"}]}]}
                """);

        Shell shell = Shell.fleet("config", "validate", waivers.toString(), vex.toString());

        assertThat(shell.exit()).isZero();
        assertThat(shell.out())
                .containsOnlyOnce("warning:")
                .contains("warning: line 2: the waiver of CVE-1 in jinja2 ended on 2001-02-03")
                .contains("waivers.yml: valid")
                .contains("app.openvex.json: valid");
    }

    @Test
    void findsTheWaiversOfAFolder() throws Exception {
        Path inside = Files.createDirectories(folder.resolve(".forgefleet"));
        Path waivers = Files.writeString(inside.resolve("waivers.yml"), "");
        Path vex = Files.writeString(inside.resolve("b.openvex.json"), "");
        Files.writeString(inside.resolve("other.json"), "");
        assertThat(Waivers.in(folder)).containsExactly(waivers, vex);
        assertThat(Waivers.in(inside)).isEmpty();
    }

    @Test
    void scriptsGetJson() throws IOException {
        Path fleet = write("fleet.yml", FLEET);

        Shell shell = Shell.fleet("config", "validate", "--json", fleet.toString());

        assertThat(shell.exit()).isEqualTo(1);
        var verdict = Json.mapper().readTree(shell.out()).get(0);
        assertThat(verdict.get("valid").asBoolean()).isFalse();
        assertThat(verdict.get("errors").get(0).asText()).contains("SECRET");
    }

    @Test
    void saysWhenAFileIsNotThere() {
        Shell shell = Shell.fleet(
                "config", "validate", folder.resolve("none.forgefleet.yml").toString());
        assertThat(shell.exit()).isEqualTo(1);
        assertThat(shell.out()).contains("could not be read");
    }

    @Test
    void printsTheSchemaOfTheRepositorysFile() throws IOException {
        Shell shell = Shell.fleet("config", "schema");
        assertThat(shell.exit()).isZero();
        assertThat(Json.mapper().readTree(shell.out()).path("$id").asText())
                .isEqualTo("urn:forgefleet:schema:1:repository-file");
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }
}
