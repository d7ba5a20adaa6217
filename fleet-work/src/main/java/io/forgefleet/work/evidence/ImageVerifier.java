package io.forgefleet.work.evidence;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.registry.Manifest;
import io.forgefleet.clients.registry.Manifest.PlatformImage;
import io.forgefleet.clients.registry.Registry;
import io.forgefleet.clients.sign.PredicateType;
import io.forgefleet.clients.sign.SignException;
import io.forgefleet.events.image.Digest;
import io.forgefleet.work.evidence.Proving.Source;
import io.forgefleet.work.evidence.proof.AttachedBundles;
import io.forgefleet.work.evidence.proof.Prover;
import io.forgefleet.work.evidence.proof.SignedBundle;
import java.util.ArrayList;
import java.util.List;

/** Verifies an image with what lies beside it in its registry. Thread-safe. */
public final class ImageVerifier {

    private final Prover prover;

    public ImageVerifier(Prover prover) {
        this.prover = prover;
    }

    /**
     * Checks every platform of an image.
     *
     * @param digest of the index, or of the only image
     */
    public Verification verify(Registry registry, String repository, Digest digest)
            throws ClientException, SignException, InterruptedException {
        return verify(new AttachedBundles(registry), repository, digest);
    }

    /** The same with what lies beside it, for whoever needs that afterwards. */
    public Verification verify(AttachedBundles attached, String repository, Digest digest)
            throws ClientException, SignException, InterruptedException {
        Registry registry = attached.registry();
        Manifest top = registry.get(repository, digest.value());
        try (SubjectChecks checks = new SubjectChecks(prover)) {
            if (!top.isIndex()) {
                check(checks, "image " + digest, digest, Required.OF_CONTENT, attached.of(repository, digest));
                return checks.result();
            }
            check(checks, "index " + digest, digest, Required.OF_INDEX, attached.of(repository, digest));
            if (top.images().isEmpty()) {
                checks.add("platforms of index " + digest, false, "it names no image");
            }
            for (PlatformImage each : top.images()) {
                var unused = registry.get(repository, each.digest().value()); // it has to be there
                check(
                        checks,
                        each.platform() + " " + each.digest(),
                        each.digest(),
                        Required.OF_CONTENT,
                        attached.of(repository, each.digest()));
            }
            return checks.result();
        }
    }

    private static void check(
            SubjectChecks checks, String name, Digest digest, List<PredicateType> required, List<SignedBundle> bundles)
            throws SignException, InterruptedException {
        List<Source> sources = new ArrayList<>();
        bundles.forEach(each -> sources.add(() -> each));
        var unused = checks.check(name, digest, required, checks.proving().all(sources));
    }
}
