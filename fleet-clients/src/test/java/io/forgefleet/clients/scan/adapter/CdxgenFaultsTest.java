package io.forgefleet.clients.scan.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forgefleet.clients.registry.RegistryProcess;
import io.forgefleet.clients.scan.FileToScan;
import io.forgefleet.clients.scan.ImageToScan;
import io.forgefleet.clients.scan.Sbom;
import io.forgefleet.clients.scan.ScanException;
import io.forgefleet.clients.scan.ScanException.Problem;
import io.forgefleet.clients.scan.ScanSubject;
import io.forgefleet.clients.tool.ToolPaths;
import io.forgefleet.events.image.Digest;
import io.forgefleet.host.registry.SmallImages;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever goes wrong with cdxgen, nobody may take it for a subject with nothing in it. */
class CdxgenFaultsTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final String SPDX =
            "{\"@context\": \"https://spdx.org/rdf/3.0.1/spdx-context.jsonld\", \"@graph\": []}";
    private static final String NOTHING =
            "{\"bomFormat\": \"CycloneDX\", \"specVersion\": \"1.6\", \"components\": []}";
    private static final String APP = NOTHING.replace("[]", """
            [{"type": "library", "name": "app", "version": "1", "purl": "pkg:pypi/app@1"}]""");

    @TempDir
    private Path folder;

    private Path sboms;
    private FileToScan wheel;

    @BeforeEach
    void makeWheel() throws Exception {
        sboms = Files.createDirectory(folder.resolve("sboms"));
        Path file = Files.writeString(folder.resolve("app-1-py3-none-any.whl"), "PK");
        wheel = new FileToScan(file, Digest.of(Files.readAllBytes(file)));
    }

    @Test
    void isToldWhatItMayDoAndKeepsWhatItWrote() throws Exception {
        String where = "/usr/lib/python3/dist-packages/site-packages/app";
        Cdxgen cdxgen = new Cdxgen(
                ScanPrograms.script(folder, "cdxgen", """
                        echo "$@" > %1$s/called; env > %1$s/environment; ls released > %1$s/given
                        echo '%2$s' | sed "s|app@1|app@1\\", \\"description\\": \\"$PWD%3$s|" > cdx.json
                        echo '%4$s' > cdx.spdx.json""".formatted(folder, APP, where, SPDX)),
                Map.of("PATH", System.getenv("PATH"), "HOME", "/home/somebody", "GITHUB_TOKEN", "t0p-secret"),
                TIMEOUT);

        Sbom sbom = cdxgen.describe(wheel, sboms);

        assertThat(sbom.components()).extracting(Sbom.Component::purl).containsExactly("pkg:pypi/app@1");
        assertThat(Files.readString(sbom.cycloneDx()))
                .as("neither where it ran nor what was moved for it")
                .contains("\"description\": \"usr/lib/python3/dist-packages/app\"");
        assertThat(Files.readString(sbom.spdx())).contains("@graph");
        assertThat(Files.readString(folder.resolve("called")))
                .contains("--type=python --no-install-deps")
                .contains("--component-type=library")
                .doesNotContain("--component-type=file")
                .contains("--project-name=app-1-py3-none-any.whl --project-version=" + wheel.digest())
                .endsWith(" released\n");
        assertThat(Files.readString(folder.resolve("given"))).isEqualTo("app-1-py3-none-any.whl\n");
        assertThat(Files.readString(folder.resolve("environment")))
                .contains("CDXGEN_ALLOWED_HOSTS=nobody.invalid")
                .contains("FETCH_LICENSE=false")
                .doesNotContain("/home/somebody")
                .doesNotContain("t0p-secret");
    }

    @Test
    void aMissingToolSaysHowToGetItBeforeAnythingIsPulled() throws Exception {
        ToolPaths nothing = new ToolPaths(Map.of(), "", folder.resolve("tools/bin"));
        ScanException e = fails(new Cdxgen(nothing, System.getenv(), TIMEOUT), Boms.IMAGE, Problem.TOOL_MISSING);
        assertThat(e).hasMessageContaining("npm install -g @cyclonedx/cdxgen").hasMessageContaining("tools/bin");
        assertThat(e.retryable()).isFalse();
    }

    @Test
    void aCdxgenThatFailsLeavesNoEarlierSbom() throws Exception {
        String hex = wheel.digest().value().substring("sha256:".length());
        Path earlier = Files.writeString(sboms.resolve(hex + ".cdx.json"), APP);
        ScanException e = fails(program("echo 'out of memory' >&2; exit 134"), wheel, Problem.CRASHED);
        assertThat(e).hasMessageContaining("134").hasMessageContaining("out of memory");
        assertThat(e.retryable()).isTrue();
        assertThat(earlier).doesNotExist();
    }

    @Test
    void aCdxgenThatHangsIsEnded() throws Exception {
        Cdxgen hangs = new Cdxgen(
                ScanPrograms.script(folder, "cdxgen", "exec sleep 60"), System.getenv(), Duration.ofMillis(300));
        fails(hangs, wheel, Problem.TIMED_OUT);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "nothing; exit 0",
                "no SPDX; echo '" + "{\"bomFormat\": \"CycloneDX\"}" + "' > cdx.json",
                "cut off; echo '{\"bomFormat\": \"Cyc' > cdx.json; cp cdx.json cdx.spdx.json",
                "empty; touch cdx.json cdx.spdx.json",
                "another format; echo '{\"@graph\": []}' > cdx.json; cp cdx.json cdx.spdx.json",
            })
    void outputThatIsNoneIsNoEmptyWheel(String what, String script) throws Exception {
        fails(program(script), wheel, Problem.UNREADABLE);
    }

    @Test
    void theSpdxHasToBeSpdx() throws Exception {
        fails(writes(APP, APP), wheel, Problem.UNREADABLE);
        fails(writes(APP, "{\"@graph\""), wheel, Problem.UNREADABLE);
    }

    @Test
    void aWheelIsAPackageItself() throws Exception {
        assertThat(fails(writes(NOTHING, SPDX), wheel, Problem.UNREADABLE)).hasMessageContaining("nothing in a wheel");
    }

    @Test
    void aFileThatCdxgenDoesNotLookIntoIsNotCalledEmpty() throws Exception {
        Path file = Files.writeString(folder.resolve("app-1.tar.gz"), "");
        FileToScan other = new FileToScan(file, Digest.of(new byte[0]));
        assertThat(fails(writes(NOTHING, SPDX), other, Problem.UNREADABLE)).hasMessageContaining("tools.sbom: syft");
    }

    @Test
    void anImageThatIsNotThereHasNoEmptySbom() throws Exception {
        ImageToScan image = new ImageToScan("127.0.0.1:1/team/app", Boms.IMAGE.digest(), "", true);
        assertThat(fails(writes(NOTHING, SPDX), image, Problem.CRASHED)).hasMessageContaining("127.0.0.1:1/team/app");
    }

    @Test
    void packagesOfTheSystemThatNobodyLookedForAreNotAbsent() throws Exception {
        try (RegistryProcess registry = RegistryProcess.any(folder)) {
            SmallImages images = new SmallImages(registry.host(), "team/app");
            String digest = images.push(folder, "linux/amd64", SmallImages.python("jinja2", "2.4.1"));
            ImageToScan image = new ImageToScan(registry.host() + "/team/app", new Digest(digest), "", true);
            String looked = NOTHING.replace(
                    "\"components\"",
                    "\"metadata\": {\"tools\": {\"components\": [{\"name\": \"trivy\"}]}}, \"components\"");

            assertThat(fails(writes(APP, SPDX), image, Problem.UNREADABLE)).hasMessageContaining("cdxgen-plugins-bin");
            assertThat(writes(looked, SPDX).describe(image, sboms).components())
                    .as("an image may have no packages")
                    .isEmpty();
        }
    }

    private Cdxgen program(String script) throws Exception {
        return new Cdxgen(ScanPrograms.script(folder, "cdxgen", script), System.getenv(), TIMEOUT);
    }

    private Cdxgen writes(String cycloneDx, String spdx) throws Exception {
        return program("echo '%s' > cdx.json; echo '%s' > cdx.spdx.json".formatted(cycloneDx, spdx));
    }

    private ScanException fails(Cdxgen cdxgen, ScanSubject subject, Problem problem) {
        AtomicReference<ScanException> thrown = new AtomicReference<>();
        assertThatThrownBy(() -> cdxgen.describe(subject, sboms))
                .isInstanceOfSatisfying(ScanException.class, thrown::set);
        assertThat(thrown.get().problem()).as(thrown.get().getMessage()).isEqualTo(problem);
        assertThat(thrown.get()).hasMessageStartingWith("could not ");
        assertThat(sboms).isEmptyDirectory();
        return thrown.get();
    }
}
