package io.forgefleet.clients.sign.cosign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forgefleet.clients.registry.RegistryProcess;
import io.forgefleet.clients.sign.ImageRef;
import io.forgefleet.clients.sign.Passphrase;
import io.forgefleet.clients.sign.PredicateType;
import io.forgefleet.clients.sign.SignException;
import io.forgefleet.clients.sign.SignException.Problem;
import io.forgefleet.clients.sign.Signer;
import io.forgefleet.clients.sign.SigningKey;
import io.forgefleet.clients.sign.Trust;
import io.forgefleet.clients.sign.Verifier;
import io.forgefleet.clients.tool.ToolPaths;
import io.forgefleet.events.image.Digest;
import io.forgefleet.host.process.Program;
import io.forgefleet.host.registry.SmallImages;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Real cosign and real registries. */
class CosignTest {

    private static final Passphrase PASSPHRASE = new Passphrase("a passphrase");

    @TempDir
    private Path folder;

    private CosignTool tool;
    private Path key;

    @BeforeEach
    void makeKey() throws Exception {
        Assumptions.assumeTrue(
                Program.onPath("cosign").isPresent(), "cosign is not on the PATH: nothing can be signed");
        tool = tool(System.getenv());
        key = generate("release");
    }

    @ParameterizedTest
    @EnumSource
    void whatIsSignedIsVerifiedByItsKeyAndByNoOther(RegistryProcess.Kind kind) throws Exception {
        try (RegistryProcess registry = RegistryProcess.start(kind, folder)) {
            SmallImages images = new SmallImages(registry.host(), "team/app");
            ImageRef image = ref(registry, images.push(folder, "linux/amd64", Map.of("a", "1")));
            ImageRef index = ref(
                    registry, images.index(Map.of("linux/amd64", image.digest().value())));
            Signer signer = signer(key, PASSPHRASE);
            Verifier verifier = new CosignVerifier(tool, signer.checkKey());
            fails(Problem.SIGNATURE_ABSENT, () -> verifier.verify(index));

            Path predicate = Files.writeString(folder.resolve("p.json"), "{\"buildDefinition\": {}}");
            for (ImageRef each : new ImageRef[] {index, image}) {
                signer.sign(each);
                signer.sign(each);
                signer.attest(each, PredicateType.PROVENANCE, predicate);
                verifier.verify(each);
                verifier.verifyAttestation(each, PredicateType.PROVENANCE);
            }
            fails(Problem.SIGNATURE_ABSENT, () -> verifier.verifyAttestation(index, PredicateType.SPDX));

            Verifier other = new CosignVerifier(
                    tool, signer(generate("other"), PASSPHRASE).checkKey());
            fails(Problem.SIGNATURE_WRONG, () -> other.verify(index));
            fails(Problem.SIGNATURE_WRONG, () -> other.verifyAttestation(index, PredicateType.PROVENANCE));
        }
    }

    @Test
    void aFileIsVerifiedByItsBundleAndNoOtherFileIs() throws Exception {
        Signer signer = signer(key, PASSPHRASE);
        Path wheel = Files.writeString(folder.resolve("app.whl"), "a wheel");
        Path other = Files.writeString(folder.resolve("other.whl"), "another");
        Path bundle = folder.resolve("app.whl.sigstore.json");
        Path attestation = folder.resolve("app.whl.provenance.json");
        signer.signBlob(wheel, bundle);
        signer.attestBlob(wheel, PredicateType.PROVENANCE, Files.writeString(folder.resolve("p"), "{}"), attestation);

        Verifier verifier = new CosignVerifier(tool, signer.checkKey());
        Digest digest = Digest.of(Files.readAllBytes(wheel));
        verifier.verifyBlob(wheel, bundle);
        verifier.verifyBlob(digest, bundle);
        verifier.verifyBlobAttestation(digest, PredicateType.PROVENANCE.uri(), attestation);
        fails(Problem.SIGNATURE_WRONG, () -> verifier.verifyBlob(other, bundle));
        Digest wrong = Digest.of(Files.readAllBytes(other));
        fails(
                Problem.SIGNATURE_WRONG,
                () -> verifier.verifyBlobAttestation(wrong, PredicateType.PROVENANCE.uri(), attestation));
    }

    @Test
    void aKeyThatCannotBeUsedIsFoundBeforeAnythingIsBuilt() throws Exception {
        fails(Problem.PASSPHRASE_WRONG, () -> signer(key, new Passphrase("wrong"))
                .checkKey());
        fails(Problem.PASSPHRASE_WRONG, () -> signer(key, Passphrase.NONE).checkKey());
        fails(Problem.KEY_MISSING, () -> signer(folder.resolve("none.key"), PASSPHRASE)
                .checkKey());
        Path garbage = Files.writeString(folder.resolve("garbage.key"), "no key");
        fails(Problem.KEY_MISSING, () -> signer(garbage, PASSPHRASE).checkKey());
        SigningKey unset = new SigningKey.KeyVariable("FLEET_KEY", PASSPHRASE);
        fails(Problem.KEY_MISSING, () -> new CosignSigner(tool, unset).checkKey());
        SigningKey vault = new SigningKey.KmsKey(URI.create("hashivault://release"));
        fails(Problem.KEY_MISSING, () -> new CosignSigner(tool, vault).checkKey());

        Map<String, String> environment = new HashMap<>(System.getenv());
        environment.put("FLEET_KEY", Files.readString(key));
        Trust fromVariable = new CosignSigner(tool(environment), unset).checkKey();
        assertThat(fromVariable).isEqualTo(signer(key, PASSPHRASE).checkKey());
    }

    @Test
    void aKeyServiceOrARegistryThatIsAwayIsWorthAnotherAttempt() throws Exception {
        Map<String, String> environment = new HashMap<>(System.getenv());
        environment.put("VAULT_ADDR", "http://127.0.0.1:1");
        environment.put("VAULT_TOKEN", "token");
        SigningKey vault = new SigningKey.KmsKey(URI.create("hashivault://release"));
        SignException away = fails(Problem.UNAVAILABLE, () -> new CosignSigner(tool(environment), vault).checkKey());
        assertThat(away.retryable()).isTrue();
        ImageRef nowhere = new ImageRef("127.0.0.1:1/team/app", new Digest("sha256:" + "a1".repeat(32)), true);
        fails(Problem.UNAVAILABLE, () -> signer(key, PASSPHRASE).sign(nowhere));
    }

    private static SignException fails(Problem problem, ThrowingCallable call) {
        SignException[] thrown = new SignException[1];
        assertThatThrownBy(call).isInstanceOfSatisfying(SignException.class, e -> thrown[0] = e);
        assertThat(thrown[0].problem()).as(thrown[0].getMessage()).isEqualTo(problem);
        assertThat(thrown[0]).hasMessageNotContaining("a passphrase");
        return thrown[0];
    }

    private static ImageRef ref(RegistryProcess registry, String digest) {
        return new ImageRef(registry.host() + "/team/app", new Digest(digest), true);
    }

    private Signer signer(Path file, Passphrase passphrase) {
        return new CosignSigner(tool, new SigningKey.KeyFile(file, passphrase));
    }

    private CosignTool tool(Map<String, String> environment) {
        return new CosignTool(
                new ToolPaths(Map.of(), System.getenv("PATH"), folder), environment, Duration.ofMinutes(1));
    }

    private Path generate(String name) throws Exception {
        ProcessBuilder builder = new ProcessBuilder("cosign", "generate-key-pair", "--output-key-prefix", name);
        builder.environment().put("COSIGN_PASSWORD", PASSPHRASE.value());
        Process process =
                builder.directory(folder.toFile()).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return folder.resolve(name + ".key");
    }
}
