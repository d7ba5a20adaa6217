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

/** Many manifests, entered as images of a branch that is not there, each with a tag of its own. */
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
            String tag = "gone-" + i;
            Digest digest = push(tag);
            RunId run = RunId.derive(path, "build", "images", tag);
            fleet.enter(new LedgerEntry(
                    digest,
                    run,
                    LedgerEntry.Kind.IMAGE,
                    image(),
                    List.of(tag),
                    new RepositoryId("local", path),
                    new CommitId(digest.value().substring(7, 47)),
                    null,
                    TrustClass.BRANCH,
                    Instant.now(),
                    "refs/heads/gone"));
        }
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
