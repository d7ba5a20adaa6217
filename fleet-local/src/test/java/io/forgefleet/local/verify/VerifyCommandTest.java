package io.forgefleet.local.verify;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.forgefleet.events.wire.Json;
import io.forgefleet.local.cli.Shell;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A consumer with a public key, in front of what a real cosign signed in a real registry. */
class VerifyCommandTest {

    private static final Path PAGE = Path.of("..", "docs", "releases.md");

    @TempDir
    private static Path folder;

    private static SignedSample sample;

    @BeforeAll
    static void release() throws Exception {
        sample = new SignedSample(folder);
    }

    @AfterAll
    static void stop() {
        if (sample != null) {
            sample.close();
        }
    }

    @Test
    void evidenceFileAndImageAreVerifiedInOrderAndWithTheFingerprintOfTheKey() throws Exception {
        for (String what : List.of(
                folder.resolve("evidence.tar").toString(), sample.wheel.toString(), sample.image(sample.index))) {
            Shell shell = verify("cosign.pub", what);
            assertThat(shell.exit()).as(shell.out() + shell.err()).isZero();
            assertThat(shell.out())
                    .contains("ok    signature of ")
                    .contains("by key sha256:")
                    .doesNotContain("FAIL")
                    .contains("verified: " + what);
        }
        JsonNode json = Json.mapper()
                .readTree(verify("cosign.pub", folder.resolve("evidence.tar").toString(), "--json")
                        .out());
        assertThat(json.path("verified").booleanValue()).isTrue();
        assertThat(json.path("checks").size()).isGreaterThan(10);
        assertThat(json.path("checks").path(1).path("what").asText()).isEqualTo("signature of manifest.json");
    }

    @Test
    void whatDoesNotHoldIsToldFromWhatCouldNotBeFoundOut() throws Exception {
        byte[] whole = Files.readAllBytes(folder.resolve("evidence.tar"));
        whole[whole.length / 2] ^= 1;
        Path changed = Files.write(folder.resolve("changed.tar"), whole);
        Shell not = verify("cosign.pub", changed.toString());
        assertThat(not.exit()).isEqualTo(3);
        assertThat(not.out()).contains("FAIL").contains("NOT VERIFIED");

        Path unsigned = Files.writeString(folder.resolve("unsigned.whl"), "?");
        assertThat(verify("cosign.pub", unsigned.toString()).exit()).isEqualTo(3);

        assertThat(verify("cosign.pub", "127.0.0.1:1/team/app:1").exit()).isEqualTo(1);
        assertThat(verify("none.pub", changed.toString()).exit()).isEqualTo(1);
        assertThat(verify("cosign.key", changed.toString()).err()).contains("name the public one");
        Shell nobody = Shell.fleet("verify", changed.toString());
        assertThat(nobody.exit()).isEqualTo(2);
        assertThat(nobody.err()).contains("--key cosign.pub");
        assertThat(Shell.fleet("verify").exit()).isEqualTo(2);
    }

    @Test
    void theLinesOfThePageVerifyTheReleaseAndNothingElse() throws Exception {
        String lines = lines();
        assertThat(lines)
                .contains("cosign verify ")
                .contains("verify-attestation")
                .contains("verify-blob");
        assertThat(run(lines, sample.image(sample.index))).isZero();

        for (String line :
                lines.lines().filter(each -> each.startsWith("cosign")).toList()) {
            String stranger = line.replace("--key cosign.pub", "--key stranger.pub");
            assertThat(run(stranger, sample.image(sample.index))).as(stranger).isNotZero();
        }
    }

    /** The block of shell lines in the section for consumers. */
    private static String lines() throws Exception {
        String page = Files.readString(PAGE);
        String section = page.substring(page.indexOf("## How a consumer verifies"));
        Matcher block = Pattern.compile("```sh\n(.*?)```", Pattern.DOTALL).matcher(section);
        assertThat(block.find()).isTrue();
        return block.group(1);
    }

    private static int run(String lines, String image) throws Exception {
        ProcessBuilder shell = new ProcessBuilder("bash", "-euo", "pipefail", "-c", lines);
        shell.directory(folder.toFile()).redirectErrorStream(true);
        shell.environment()
                .putAll(Map.of(
                        "IMAGE",
                        image,
                        "PLATFORM",
                        sample.image(sample.platform),
                        "FILE",
                        String.valueOf(sample.wheel.getFileName()),
                        "COSIGN_PASSWORD",
                        "of the stranger"));
        if (!Files.exists(folder.resolve("stranger.pub"))) {
            ProcessBuilder other = new ProcessBuilder("cosign", "generate-key-pair", "--output-key-prefix", "stranger");
            other.environment().put("COSIGN_PASSWORD", "of the stranger");
            assertThat(other.directory(folder.toFile()).start().waitFor()).isZero();
        }
        Process process = shell.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int exit = process.waitFor();
        if (exit != 0 && lines.contains("cosign.pub")) {
            System.err.println(said);
        }
        return exit;
    }

    private static Shell verify(String key, String what, String... more) {
        List<String> line =
                new ArrayList<>(List.of("verify", "--key", folder.resolve(key).toString(), what));
        line.addAll(List.of(more));
        return Shell.fleet(line.toArray(String[]::new));
    }
}
