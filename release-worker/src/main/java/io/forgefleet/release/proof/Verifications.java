package io.forgefleet.release.proof;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.registry.Manifest;
import io.forgefleet.clients.sign.SignException;
import io.forgefleet.clients.sign.Trust;
import io.forgefleet.clients.sign.Verifier;
import io.forgefleet.events.image.Digest;
import io.forgefleet.events.run.Outcome;
import io.forgefleet.release.saga.KeptFile;
import io.forgefleet.release.saga.ReleasedImage;
import io.forgefleet.work.evidence.EvidenceVerifier;
import io.forgefleet.work.evidence.ImageVerifier;
import io.forgefleet.work.evidence.Verification;
import io.forgefleet.work.evidence.proof.AttachedBundles;
import io.forgefleet.work.evidence.proof.CertificateProver;
import io.forgefleet.work.evidence.proof.KeyProver;
import io.forgefleet.work.evidence.proof.Prover;
import io.forgefleet.work.image.ImageName;
import io.forgefleet.work.place.RunEndedException;
import io.forgefleet.work.place.Workplace;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/** Looks, with public material only, whether everything that is about to be public is signed and is what was scanned. */
final class Verifications {

    private final Function<Trust, Verifier> verifiers;

    /** @param verifiers what checks signatures of files, and certificates */
    Verifications(Function<Trust, Verifier> verifiers) {
        this.verifiers = verifiers;
    }

    /**
     * Verifies.
     *
     * @return what lies beside the images where they were built
     * @throws RunEndedException when anything does not hold
     */
    AttachedBundles require(Subjects subjects, Trust trust, Consumer<String> log)
            throws RunEndedException, SignException, IOException, ClientException, InterruptedException {
        ImageVerifier images = verifier(trust);
        AttachedBundles home = new AttachedBundles(subjects.place().registry());
        for (Workplace place : subjects.everywhere()) {
            AttachedBundles attached = place.equals(subjects.place()) ? home : new AttachedBundles(place.registry());
            for (ReleasedImage image : subjects.images()) {
                ImageName name = subjects.name(place, image);
                requireSame(place, name, image);
                Verification found = images.verify(attached, name.repository(), image.digest());
                log.accept(name.reference() + "@" + image.digest() + ": "
                        + found.checks().size() + " checks by " + found.by());
                if (!found.passed()) {
                    throw refused(name.reference(), lines(found));
                }
            }
        }
        return home;
    }

    /**
     * Verifies the evidence of everything, the files that are released among it, as somebody does who has nothing else.
     *
     * @throws RunEndedException when anything does not hold
     */
    void require(Subjects subjects, KeptFile evidence, Trust trust)
            throws RunEndedException, SignException, IOException, ClientException, InterruptedException {
        Verification found =
                new EvidenceVerifier(prover(trust)).verify(subjects.store().fetch(evidence));
        if (!found.passed()) {
            throw refused(evidence.name(), lines(found));
        }
    }

    private static List<String> lines(Verification found) {
        return found.checks().stream()
                .filter(check -> !check.held())
                .map(check -> check.what() + ": " + check.found())
                .toList();
    }

    private ImageVerifier verifier(Trust trust) {
        return new ImageVerifier(prover(trust));
    }

    private Prover prover(Trust trust) {
        return switch (trust) {
            case Trust.Key key -> new KeyProver(key);
            case Trust.Certificate certificate -> new CertificateProver(verifiers.apply(certificate));
        };
    }

    /** Whether an image is signed and attested, and its gate let it pass. */
    boolean holds(Workplace place, ImageName name, Digest digest, Trust trust)
            throws ClientException, InterruptedException {
        try {
            return verifier(trust)
                    .verify(place.registry(), name.repository(), digest)
                    .passed();
        } catch (SignException e) {
            throw new ClientException(ClientException.Kind.UNAVAILABLE, String.valueOf(e.getMessage()), e);
        }
    }

    /** That the platforms are those that were scanned: the index names them by digest, and is named by its own. */
    private static void requireSame(Workplace place, ImageName name, ReleasedImage image)
            throws RunEndedException, ClientException, InterruptedException {
        Manifest manifest =
                place.registry().get(name.repository(), image.digest().value());
        List<ReleasedImage.Platform> now = platforms(manifest);
        if (!now.equals(image.platforms())) {
            throw refused(name.reference(), List.of("its platforms are not those that were scanned"));
        }
    }

    /** The images of an index, or the only one. */
    static List<ReleasedImage.Platform> platforms(Manifest manifest) {
        return manifest.isIndex()
                ? manifest.images().stream()
                        .map(each -> new ReleasedImage.Platform(each.platform(), each.digest()))
                        .toList()
                : List.of(new ReleasedImage.Platform("", manifest.digest()));
    }

    private static RunEndedException refused(String what, List<String> why) {
        return new RunEndedException(
                Outcome.failed("not promoted: " + what + " does not verify: " + why.getFirst(), why));
    }
}
