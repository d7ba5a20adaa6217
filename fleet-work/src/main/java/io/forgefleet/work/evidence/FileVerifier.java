package io.forgefleet.work.evidence;

import io.forgefleet.clients.sign.PredicateType;
import io.forgefleet.clients.sign.SignException;
import io.forgefleet.events.image.Digest;
import io.forgefleet.work.evidence.Proving.Said;
import io.forgefleet.work.evidence.proof.Prover;
import io.forgefleet.work.evidence.proof.SignedBundle;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;

/** Verifies the signature of one file. Thread-safe. */
public final class FileVerifier {

    private static final long LARGEST_BUNDLE = 64L << 20;

    private final Prover prover;

    public FileVerifier(Prover prover) {
        this.prover = prover;
    }

    /**
     * Checks that a bundle signs the file.
     *
     * @param bundle a missing one is a check that failed
     * @throws IOException when either cannot be read
     */
    public Verification verify(Path file, Path bundle) throws IOException, SignException, InterruptedException {
        try (SubjectChecks checks = new SubjectChecks(prover)) {
            Digest digest = digest(file);
            String name = file.getFileName() + " " + digest;
            Optional<String> hindrance = hindrance(bundle);
            if (hindrance.isPresent()) {
                checks.add("signature of " + name, false, hindrance.get());
                return checks.result();
            }
            byte[] json = Files.readAllBytes(bundle);
            Said said =
                    checks.proving().all(List.of(() -> SignedBundle.read(json))).getFirst();
            if (!said.bundle()) {
                checks.add("signature of " + name, false, bundle + " is no bundle: " + said.trouble());
                return checks.result();
            }
            var unused = checks.check(name, digest, List.of(PredicateType.SIGNATURE), List.of(said));
            return checks.result();
        }
    }

    private static Optional<String> hindrance(Path bundle) throws IOException {
        if (!Files.isRegularFile(bundle)) {
            return Optional.of("there is no " + bundle);
        }
        return Files.size(bundle) > LARGEST_BUNDLE
                ? Optional.of(bundle + " is too large for a bundle")
                : Optional.empty();
    }

    private static Digest digest(Path file) throws IOException {
        MessageDigest sha256 = Digest.sha256();
        try (InputStream in = new DigestInputStream(Files.newInputStream(file), sha256)) {
            in.transferTo(OutputStream.nullOutputStream());
        }
        return Digest.of(sha256);
    }
}
