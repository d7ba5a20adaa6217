package io.forgefleet.work.evidence.proof;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.registry.Manifest;
import io.forgefleet.clients.registry.Registry;
import io.forgefleet.events.image.Digest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Bundles that lie beside an image in its registry: referrers, as cosign 3 leaves them, and the tags {@code .sig} and {@code
 * .att} of cosign 2. What is no bundle is passed over: anybody may attach anything. Each image is looked at once; whoever wants to know
 * what is there later takes a new one. For one thread.
 */
public final class AttachedBundles {

    private static final String ENVELOPE = "application/vnd.dsse.envelope.v1+json";
    private static final String SIGNATURE = "dev.cosignproject.cosign/signature";

    /** Of one image; the rest is not looked at. */
    private static final int MOST = 200;

    private static final int MOST_BYTES = 64 << 20;

    private final Registry registry;
    private final Map<String, List<SignedBundle>> seen = new HashMap<>();

    public AttachedBundles(Registry registry) {
        this.registry = registry;
    }

    /** Where it looks. */
    public Registry registry() {
        return registry;
    }

    /** Everything signed that lies beside the image or index of this digest. */
    public List<SignedBundle> of(String repository, Digest digest) throws ClientException, InterruptedException {
        String name = repository + "@" + digest;
        List<SignedBundle> known = seen.get(name);
        if (known == null) {
            known = read(repository, digest);
            seen.put(name, known);
        }
        return known;
    }

    private List<SignedBundle> read(String repository, Digest digest) throws ClientException, InterruptedException {
        List<SignedBundle> found = new ArrayList<>();
        for (Digest each : registry.referrers().of(repository, digest)) {
            if (found.size() >= MOST) {
                break;
            }
            Optional<Manifest> referrer = registry.find(repository, each.value());
            if (referrer.isPresent()) {
                read(repository, referrer.get(), found);
            }
        }
        String tag = digest.value().replace(':', '-');
        for (String suffix : List.of(".sig", ".att")) {
            Optional<Manifest> tagged = registry.find(repository, tag + suffix);
            if (tagged.isPresent()) {
                read(repository, tagged.get(), found);
            }
        }
        return found;
    }

    private void read(String repository, Manifest from, List<SignedBundle> into)
            throws ClientException, InterruptedException {
        for (Manifest.Descriptor each : from.descriptors()) {
            String type = each.mediaType();
            boolean known = type.startsWith(SignedBundle.MEDIA_TYPE)
                    || type.equals(ENVELOPE)
                    || type.equals(SignedBundle.SIMPLE_SIGNING);
            if (!known || each.size() > MOST_BYTES || into.size() >= MOST) {
                continue;
            }
            try {
                byte[] blob = registry.read(repository, each.digest(), each.size(), in -> in.readNBytes(MOST_BYTES));
                if (type.equals(ENVELOPE)) {
                    into.add(SignedBundle.ofEnvelope(blob));
                } else if (type.equals(SignedBundle.SIMPLE_SIGNING)) {
                    into.add(SignedBundle.ofSimpleSigning(
                            blob, each.annotations().getOrDefault(SIGNATURE, "")));
                } else {
                    into.add(SignedBundle.read(blob));
                }
            } catch (IOException e) {
                // it proves nothing, and what is expected will be missed
            }
        }
    }
}
