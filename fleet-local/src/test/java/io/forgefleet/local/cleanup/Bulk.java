package io.forgefleet.local.cleanup;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.registry.Manifest;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.RepositoryId;
import io.forgefleet.events.image.Digest;
import io.forgefleet.events.image.TrustClass;
import io.forgefleet.events.job.RunId;
import io.forgefleet.events.ledger.LedgerEntry;
import java.time.Instant;
import java.util.List;

/** Manifests that nobody built, in the registry and in the ledger; at first so many images of a branch that is not there. */
final class Bulk {

    private final CleanupFleet fleet;
    private final String path;

    Bulk(CleanupFleet fleet, String name, int count) throws Exception {
        this(fleet, "team", name, count);
    }

    Bulk(CleanupFleet fleet, String owner, String name, int count) throws Exception {
        this.fleet = fleet;
        this.path = owner + "/" + name;
        for (int i = 0; i < count; i++) {
            var unused = enter(LedgerEntry.Kind.IMAGE, "gone-" + i, "gone", i);
        }
    }

    /**
     * One manifest of its own for each tag, and what a run for a branch enters of it.
     *
     * @param commit tells the branch's commits apart
     */
    Digest enter(LedgerEntry.Kind kind, String tag, String branch, int commit) throws Exception {
        Digest digest = push(tag);
        fleet.enter(new LedgerEntry(
                digest,
                RunId.derive(path + branch + commit, "build", "images", tag),
                kind,
                image(),
                List.of(tag),
                new RepositoryId("local", path),
                new CommitId("%040x".formatted(commit + 1)),
                null,
                TrustClass.BRANCH,
                Instant.now(),
                "refs/heads/" + branch));
        return digest;
    }

    private Digest push(String tag) throws ClientException, InterruptedException {
        String index =
                "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.index.v1+json\",\"manifests\":[],"
                        + "\"annotations\":{\"note\":\"" + tag + "\"}}";
        Manifest manifest = Manifest.of(index.getBytes(UTF_8), "application/vnd.oci.image.index.v1+json");
        fleet.registry.tag(path, manifest, tag);
        return manifest.digest();
    }

    /** One more that nobody entered. */
    String keep() throws ClientException, InterruptedException {
        var unused = push("somebody-elses");
        return "somebody-elses";
    }

    String path() {
        return path;
    }

    String image() {
        return fleet.images.address() + "/" + path;
    }

    /** How many of them have their tags. */
    int left() throws ClientException, InterruptedException {
        return (int) fleet.registry.tags(path, 1000).stream()
                .filter(tag -> tag.startsWith("gone-"))
                .count();
    }
}
