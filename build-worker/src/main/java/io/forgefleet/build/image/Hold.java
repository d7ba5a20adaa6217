package io.forgefleet.build.image;

import io.forgefleet.build.image.TagSearch.Target;
import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.ClientException.Kind;
import io.forgefleet.clients.registry.Manifest;
import io.forgefleet.events.image.Digest;
import io.forgefleet.runtime.claim.ClaimKeys;
import io.forgefleet.runtime.worker.Run;
import io.forgefleet.work.place.Workplace;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

/**
 * What a run relies on is claimed, looked at, and entered in the ledger before it is given up: so it cannot be deleted meanwhile, and
 * whoever deletes afterwards finds the entry. What a cleanup was quicker with is not there when the claim is had, and is made anew.
 */
record Hold(Run run, Workplace place) {

    /** A cleanup has a few things marked at a time, for seconds. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** Enters what a tag of the target names. */
    <T> T ofTag(Target target, Digest digest, Callable<T> entry) throws Exception {
        List<String> keys = new ArrayList<>(List.of(target.name().tagClaim(target.tag())));
        keys.addAll(digests(target, digest));
        return run.holding(keys, PATIENCE, () -> {
            Optional<Digest> now = place.registry().digest(target.name().repository(), target.tag());
            if (!now.equals(Optional.of(digest))) {
                throw gone(target.tagged());
            }
            requireWhole(target, digest);
            return entry.call();
        });
    }

    /** Enters what has no tag. */
    <T> T ofDigest(Target target, Digest digest, Callable<T> entry) throws Exception {
        return run.holding(digests(target, digest), PATIENCE, () -> {
            requireWhole(target, digest);
            return entry.call();
        });
    }

    private List<String> digests(Target target, Digest digest) throws ClientException, InterruptedException {
        Manifest manifest = place.registry()
                .find(target.name().repository(), digest.value())
                .orElseThrow(() -> gone(target.name().reference() + "@" + digest));
        List<String> keys = new ArrayList<>();
        keys.add(ClaimKeys.ofDigest(target.name().reference(), digest));
        manifest.children()
                .forEach(child -> keys.add(ClaimKeys.ofDigest(target.name().reference(), child)));
        return keys;
    }

    private void requireWhole(Target target, Digest digest) throws ClientException, InterruptedException {
        if (place.registry().whole(target.name().repository(), digest).isEmpty()) {
            throw gone(target.name().reference() + "@" + digest);
        }
    }

    /** The next attempt finds it gone, and builds it. */
    private static ClientException gone(String what) {
        return new ClientException(
                Kind.UNAVAILABLE, what + " went from the registry, or a part of it, while this run was to use it");
    }
}
