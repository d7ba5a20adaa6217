package io.forgefleet.work.evidence.proof;

import io.forgefleet.clients.sign.SignException;
import io.forgefleet.clients.sign.Trust;
import io.forgefleet.clients.sign.Verifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** By a certificate, whose chain, log entry and times are cosign's matter. */
public final class CertificateProver implements Prover {

    private final Verifier verifier;

    public CertificateProver(Verifier verifier) {
        this.verifier = verifier;
    }

    @Override
    public Trust trust() {
        return verifier.trust();
    }

    @Override
    public Proof prove(SignedBundle bundle) throws UnprovenException, SignException, InterruptedException {
        if (!bundle.certified()) {
            throw new UnprovenException("it comes without a certificate");
        }
        try {
            Path file = Files.createTempFile("forgefleet-bundle", ".json");
            try {
                Files.write(file, bundle.json());
                return prove(bundle, file);
            } finally {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new SignException(
                    SignException.Problem.CRASHED, "could not verify a bundle: no temporary file: " + e, e);
        }
    }

    private Proof prove(SignedBundle bundle, Path file) throws UnprovenException, SignException, InterruptedException {
        try {
            return switch (bundle.content()) {
                case SignedBundle.Envelope envelope -> {
                    Proof said = KeyProver.said(envelope);
                    verifier.verifyBlobAttestation(said.subjects().iterator().next(), said.type(), file);
                    yield said;
                }
                case SignedBundle.Message message -> {
                    verifier.verifyBlob(message.file, file);
                    yield KeyProver.signature(message.file);
                }
                case SignedBundle.SimpleSigning simple ->
                    throw new UnprovenException("it is in cosign's older form, which comes without the log's entry");
            };
        } catch (SignException e) {
            if (e.unverified()) {
                throw new UnprovenException(String.valueOf(e.getMessage()), e);
            }
            throw e;
        }
    }
}
