package io.forgefleet.clients.sign.cosign;

import io.forgefleet.clients.sign.ImageRef;
import io.forgefleet.clients.sign.PredicateType;
import io.forgefleet.clients.sign.SignException;
import io.forgefleet.clients.sign.Trust;
import io.forgefleet.clients.sign.Verifier;
import io.forgefleet.clients.sign.cosign.CosignTool.Scratch;
import io.forgefleet.events.image.Digest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Verifies by cosign, which gets no secret and needs none. */
public final class CosignVerifier implements Verifier {

    private final CosignTool tool;
    private final Trust trust;

    public CosignVerifier(CosignTool tool, Trust trust) {
        this.tool = tool;
        this.trust = trust;
    }

    @Override
    public Trust trust() {
        return trust;
    }

    @Override
    public void verify(ImageRef image) throws SignException, InterruptedException {
        run("verify the signature of " + image, "verify", image, List.of());
    }

    @Override
    public void verifyAttestation(ImageRef image, PredicateType type) throws SignException, InterruptedException {
        run(
                "verify the attestation " + type + " of " + image,
                "verify-attestation",
                image,
                List.of("--type", type.uri()));
    }

    @Override
    public void verifyBlob(Path blob, Path bundle) throws SignException, InterruptedException {
        verifyBlob(blob.toAbsolutePath().toString(), blob.getFileName().toString(), bundle);
    }

    @Override
    public void verifyBlob(Digest blob, Path bundle) throws SignException, InterruptedException {
        verifyBlob(blob.value(), blob.value(), bundle);
    }

    private void verifyBlob(String blob, String name, Path bundle) throws SignException, InterruptedException {
        tool.run("verify the signature of " + name, Map.of(), scratch -> {
            List<String> line = start(scratch, "verify-blob", true);
            line.addAll(List.of("--bundle", bundle.toAbsolutePath().toString(), blob));
            return line;
        });
    }

    @Override
    public void verifyBlobAttestation(Digest blob, String predicateType, Path bundle)
            throws SignException, InterruptedException {
        tool.run("verify the attestation " + predicateType + " of " + blob, Map.of(), scratch -> {
            List<String> line = start(scratch, "verify-blob-attestation", true);
            line.addAll(List.of("--bundle", bundle.toAbsolutePath().toString(), "--type", predicateType));
            line.addAll(List.of("--digest", blob.value().substring("sha256:".length()), "--digestAlg", "sha256"));
            return line;
        });
    }

    private void run(String tried, String command, ImageRef image, List<String> what)
            throws SignException, InterruptedException {
        tool.run(tried, Map.of(), scratch -> {
            List<String> line = start(scratch, command, false);
            line.addAll(what);
            if (image.plainHttp()) {
                line.add("--allow-http-registry");
            }
            line.add(image.reference());
            return line;
        });
    }

    private List<String> start(Scratch scratch, String command, boolean ofBundle)
            throws SignException, InterruptedException {
        List<String> line = new ArrayList<>(List.of(command));
        if (ofBundle && !tool.modern()) {
            line.add("--new-bundle-format");
        }
        switch (trust) {
            case Trust.Key key -> {
                line.addAll(
                        List.of("--key", scratch.write("cosign.pub", key.pem()).toString()));
                // the key's signatures are in no log, so cosign is not to look for an entry
                line.add("--insecure-ignore-tlog=true");
                if (ofBundle && !tool.modern()) {
                    line.addAll(
                            List.of("--trusted-root", scratch.noAuthorities().toString()));
                }
            }
            case Trust.Certificate certificate -> {
                line.addAll(List.of("--certificate-identity", certificate.identity()));
                line.addAll(List.of(
                        "--certificate-oidc-issuer", certificate.issuer().toString()));
                if (certificate.trustedRoot() != null) {
                    line.addAll(List.of(
                            "--trusted-root",
                            certificate.trustedRoot().toAbsolutePath().toString()));
                }
            }
        }
        return line;
    }
}
