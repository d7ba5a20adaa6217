package io.forgefleet.work.evidence;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.registry.Manifest;
import io.forgefleet.clients.registry.Manifest.PlatformImage;
import io.forgefleet.clients.registry.Registry;
import io.forgefleet.clients.sign.SignException;
import io.forgefleet.events.image.Digest;
import io.forgefleet.work.evidence.proof.AttachedBundles;
import io.forgefleet.work.evidence.proof.Prover;

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
        AttachedBundles attached = new AttachedBundles(registry);
        SubjectChecks checks = new SubjectChecks(prover);
        Manifest top = registry.get(repository, digest.value());
        if (!top.isIndex()) {
            checks.check("image " + digest, digest, Required.OF_CONTENT, attached.of(repository, digest));
            return checks.result();
        }
        checks.check("index " + digest, digest, Required.OF_INDEX, attached.of(repository, digest));
        if (top.images().isEmpty()) {
            checks.add("platforms of index " + digest, false, "it names no image");
        }
        for (PlatformImage each : top.images()) {
            registry.get(repository, each.digest().value()); // it has to be there
            checks.check(
                    each.platform() + " " + each.digest(),
                    each.digest(),
                    Required.OF_CONTENT,
                    attached.of(repository, each.digest()));
        }
        return checks.result();
    }
}
