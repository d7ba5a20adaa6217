package io.forgefleet.local.verify;

import io.forgefleet.clients.sign.Trust;
import io.forgefleet.clients.sign.cosign.CosignTool;
import io.forgefleet.clients.sign.cosign.CosignVerifier;
import io.forgefleet.clients.tool.ToolPaths;
import io.forgefleet.local.console.CommandFailure;
import io.forgefleet.work.evidence.proof.CertificateProver;
import io.forgefleet.work.evidence.proof.KeyProver;
import io.forgefleet.work.evidence.proof.Prover;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Whose signatures count. */
final class Signatory {

    private static final Duration COSIGN = Duration.ofMinutes(3);
    private static final int LONGEST_KEY = 64 * 1024;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec mixee = CommandSpec.create();

    @Option(names = "--key", paramLabel = "FILE", description = "The public key, as cosign writes it: cosign.pub.")
    private @Nullable Path key;

    @Option(
            names = "--certificate-identity",
            paramLabel = "WHO",
            description = "Whom the certificate must name, instead of a key; needs cosign.")
    private @Nullable String identity;

    @Option(names = "--certificate-oidc-issuer", paramLabel = "URL", description = "Who must have vouched for that.")
    private @Nullable URI issuer;

    @Option(
            names = "--trusted-root",
            paramLabel = "FILE",
            description =
                    "Which authorities are believed (cosign trusted-root create). Default: Sigstore's own, from the"
                            + " network.")
    private @Nullable Path trustedRoot;

    /**
     * What verifies.
     *
     * @throws ParameterException when neither a key nor an identity is named, or both
     * @throws CommandFailure when the key cannot be read
     */
    Prover prover(Map<String, String> environment) throws CommandFailure {
        if (key != null && identity == null && issuer == null) {
            return new KeyProver(read(key));
        }
        if (key == null && identity != null && issuer != null) {
            ToolPaths paths = new ToolPaths(
                    Map.of(),
                    environment.getOrDefault("PATH", ""),
                    ToolPaths.folderIn(Path.of("").toAbsolutePath()));
            CosignTool cosign = new CosignTool(paths, environment, COSIGN);
            return new CertificateProver(
                    new CosignVerifier(cosign, new Trust.Certificate(identity, issuer, trustedRoot)));
        }
        throw new ParameterException(
                mixee.commandLine(),
                "whose signature counts? Nothing was verified. Name one: --key cosign.pub, or --certificate-identity with"
                        + " --certificate-oidc-issuer; get it from whom you trust, not from beside the release");
    }

    private static Trust.Key read(Path file) throws CommandFailure {
        try {
            if (Files.size(file) > LONGEST_KEY) {
                throw new CommandFailure(
                        file + " is too large for a public key", "name the file that cosign wrote: cosign.pub");
            }
            return new Trust.Key(Files.readString(file, StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new CommandFailure(
                    "the key " + file + " cannot be read: " + e, "name the file that cosign wrote: cosign.pub", e);
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(
                    file + " is no key: " + e.getMessage(), "name the public one, not the private: cosign.pub", e);
        }
    }
}
