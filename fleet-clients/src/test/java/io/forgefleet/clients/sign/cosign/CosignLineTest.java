package io.forgefleet.clients.sign.cosign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forgefleet.clients.sign.ImageRef;
import io.forgefleet.clients.sign.Passphrase;
import io.forgefleet.clients.sign.PredicateType;
import io.forgefleet.clients.sign.SignException;
import io.forgefleet.clients.sign.SignException.Problem;
import io.forgefleet.clients.sign.Signer;
import io.forgefleet.clients.sign.SigningKey;
import io.forgefleet.clients.sign.Trust;
import io.forgefleet.clients.tool.ToolPaths;
import io.forgefleet.events.image.Digest;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What cosign of either line is called with, and what its failures mean. In its place stands a script that writes that down. */
class CosignLineTest {

    private static final ImageRef IMAGE =
            new ImageRef("registry.example/team/app", new Digest("sha256:" + "a1".repeat(32)), false);

    private static final String SECRET = "the passphrase itself";

    @TempDir
    private Path folder;

    @Test
    void aPassphraseIsInNoArgument() throws Exception {
        Signer signer = new CosignSigner(cosign(3, "exit 0"), keyFile());
        signer.sign(IMAGE);
        assertThat(Files.readString(folder.resolve("arguments"))).doesNotContain(SECRET);
        assertThat(Files.readString(folder.resolve("password"))).isEqualTo(SECRET + "\n");
        assertThat(new Passphrase(SECRET)).asString().doesNotContain(SECRET);
        assertThat(keyFile()).asString().doesNotContain(SECRET);
    }

    @Test
    void theThirdLineIsKeptFromEveryServiceAndTheSecondFromTheLog() throws Exception {
        new CosignSigner(cosign(3, "exit 0"), keyFile()).sign(IMAGE);
        assertThat(arguments())
                .startsWith(
                        "sign", "--yes", "--key", folder.resolve("cosign.key").toString(), "--signing-config")
                .contains("--trusted-root")
                .doesNotContain("--tlog-upload=false")
                .endsWith(IMAGE.reference());

        new CosignSigner(cosign(2, "exit 0"), keyFile()).attest(IMAGE, PredicateType.SPDX, folder.resolve("p.json"));
        assertThat(arguments())
                .startsWith(
                        "attest", "--yes", "--key", folder.resolve("cosign.key").toString(), "--tlog-upload=false")
                .contains("--type", "https://spdx.dev/Document")
                .doesNotContain("--signing-config");
    }

    @Test
    void aKeyServiceGetsTheAddressOfTheKeyAndItsCredentialsOnly() throws Exception {
        CosignTool tool = cosign(3, "env > " + folder.resolve("environment"));
        new CosignSigner(tool, new SigningKey.KmsKey(URI.create("awskms:///alias/release"))).sign(IMAGE);
        assertThat(arguments()).containsSequence("--key", "awskms:///alias/release");
        assertThat(Files.readString(folder.resolve("environment")))
                .contains("AWS_REGION=somewhere")
                .doesNotContain("UNRELATED_TOKEN")
                .doesNotContain("COSIGN_PASSWORD");
    }

    @Test
    void keylessNamesItsServicesAndReadsTheTokenFromAFile() throws Exception {
        Path token = Files.writeString(folder.resolve("token"), "an identity token");
        SigningKey key = new SigningKey.Keyless(
                "release@fleet.example",
                URI.create("https://issuer.example"),
                folder.resolve("services.json"),
                folder.resolve("root.json"),
                token);
        Signer signer = new CosignSigner(cosign(3, "exit 0"), key);
        assertThat(signer.checkKey())
                .isEqualTo(new Trust.Certificate(
                        "release@fleet.example", URI.create("https://issuer.example"), folder.resolve("root.json")));
        signer.sign(IMAGE);
        assertThat(arguments())
                .containsSequence("--identity-token", token.toString())
                .containsSequence(
                        "--signing-config", folder.resolve("services.json").toString())
                .doesNotContain("--key");

        new CosignVerifier(cosign(3, "exit 0"), signer.checkKey()).verify(IMAGE);
        assertThat(arguments())
                .containsSequence("--certificate-identity", "release@fleet.example")
                .containsSequence("--certificate-oidc-issuer", "https://issuer.example")
                .doesNotContain("--insecure-ignore-tlog=true");

        Files.delete(token);
        assertThatThrownBy(signer::checkKey).isInstanceOfSatisfying(SignException.class, e -> assertThat(e.problem())
                .isEqualTo(Problem.KEY_MISSING));
    }

    /** As cosign 3.1 and the services behind it word it. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            getting signer: reading key: decrypt: encrypted: decryption failed | PASSPHRASE_WRONG | false
            open /etc/keys/cosign.key: no such file or directory | KEY_MISSING | false
            reading key: loading URL: env var $NOKEY not found | KEY_MISSING | false
            kms get: VAULT_ADDR or BAO_ADDR is not set | KEY_MISSING | false
            Post "https://rekor.sigstore.dev/api/v1/log/entries": dial tcp: lookup rekor.sigstore.dev: no such host | UNAVAILABLE | true
            signing bundle: error getting certificate: Post "https://fulcio/": 503 Service Unavailable | UNAVAILABLE | true
            operation error KMS: Sign, exceeded maximum number of attempts, 3, https response error StatusCode: 0, RequestError: send request failed | UNAVAILABLE | true
            PUT http://r/v2/a/manifests/sha256-00: MANIFEST_INVALID: manifest invalid | REGISTRY_REFUSES | false
            GET https://r/v2/: UNAUTHORIZED: authentication required | REGISTRY_REFUSES | false
            no signatures found | SIGNATURE_ABSENT | false
            none of the attestations matched the predicate type: cyclonedx, found: https://sigstore.dev/cosign/sign/v1 | SIGNATURE_ABSENT | false
            failed to verify signature: could not verify envelope: accepted signatures do not match threshold | SIGNATURE_WRONG | false
            failed to verify signature: provided artifact digest does not match any digest in statement | SIGNATURE_WRONG | false
            something that nobody has seen yet | CRASHED | true
            """)
    void aFailureIsTyped(String words, Problem problem, boolean retryable) {
        SignException e = Complaint.of(
                "sign it",
                1,
                "WARNING: Could not fetch trusted_root.json: no such host\nError: " + words
                        + "\nerror during command execution: " + words);
        assertThat(e.problem()).isEqualTo(problem);
        assertThat(e.retryable()).isEqualTo(retryable);
        assertThat(e).hasMessageContaining("could not sign it").hasMessageContaining(words);
        assertThat(e.getMessage().split(Pattern.quote(words), -1)).hasSize(2);
    }

    @Test
    void theSecondLineIsRefusedBeforeAnythingIsSigned() throws Exception {
        Signer signer = new CosignSigner(cosign(2, "exit 0"), keyFile());
        assertThatThrownBy(signer::checkKey)
                .isInstanceOfSatisfying(
                        SignException.class, e -> assertThat(e.problem()).isEqualTo(Problem.TOOL_MISSING))
                .hasMessageContaining("install cosign 3");
    }

    @Test
    void aMissingToolSaysHowToGetItAndAHungOneIsEnded() throws Exception {
        CosignTool none = new CosignTool(new ToolPaths(Map.of(), "", folder), Map.of(), Duration.ofSeconds(20));
        assertThatThrownBy(() -> new CosignSigner(none, keyFile()).checkKey())
                .isInstanceOfSatisfying(
                        SignException.class, e -> assertThat(e.problem()).isEqualTo(Problem.TOOL_MISSING))
                .hasMessageContaining("install cosign");

        CosignTool hung = new CosignTool(paths(3, "sleep 60"), environment(), Duration.ofSeconds(1));
        assertThatThrownBy(() -> new CosignSigner(hung, keyFile()).sign(IMAGE))
                .isInstanceOfSatisfying(
                        SignException.class, e -> assertThat(e.problem()).isEqualTo(Problem.TIMED_OUT));
    }

    private SigningKey keyFile() throws Exception {
        return new SigningKey.KeyFile(
                Files.writeString(folder.resolve("cosign.key"), "sealed"), new Passphrase(SECRET));
    }

    private CosignTool cosign(int line, String then) throws Exception {
        return new CosignTool(paths(line, then), environment(), Duration.ofSeconds(20));
    }

    private static Map<String, String> environment() {
        Map<String, String> environment = new HashMap<>(Map.of("AWS_REGION", "somewhere", "UNRELATED_TOKEN", "secret"));
        environment.put("PATH", System.getenv("PATH"));
        return environment;
    }

    private ToolPaths paths(int line, String then) throws Exception {
        String help = line == 3 ? "--signing-config" : "--tlog-upload";
        Path program = folder.resolve("cosign" + line);
        Files.writeString(program, """
                #!/bin/sh
                if [ "$2" = --help ]; then echo " %s=''"; exit 0; fi
                printf '%%s\\n' "$@" > %s
                printf '%%s\\n' "$COSIGN_PASSWORD" > %s
                %s
                """.formatted(help, folder.resolve("arguments"), folder.resolve("password"), then));
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        return new ToolPaths(Map.of("cosign", program.toString()), "", folder);
    }

    private List<String> arguments() throws Exception {
        return Files.readAllLines(folder.resolve("arguments"));
    }
}
