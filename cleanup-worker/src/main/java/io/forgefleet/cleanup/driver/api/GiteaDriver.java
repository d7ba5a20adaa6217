package io.forgefleet.cleanup.driver.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.forgefleet.cleanup.driver.Capabilities;
import io.forgefleet.cleanup.driver.Listing;
import io.forgefleet.cleanup.driver.OciDriver;
import io.forgefleet.cleanup.driver.RegistryDriver;
import io.forgefleet.cleanup.driver.RegistryReader;
import io.forgefleet.cleanup.driver.Removal;
import io.forgefleet.clients.ClientException;
import io.forgefleet.events.image.Digest;
import io.forgefleet.runtime.config.RegistryKind;
import java.util.HashSet;
import java.util.Set;

/** Gitea and Forgejo: the distribution specification, and the API of packages for what has no tag. */
final class GiteaDriver implements RegistryDriver {

    private final OciDriver oci;
    private final JsonApi api;

    /**
     * @param api below {@code /api/v1/}
     */
    GiteaDriver(RegistryReader reader, JsonApi api) {
        this.oci = new OciDriver(reader);
        this.api = api;
    }

    @Override
    public RegistryKind kind() {
        return RegistryKind.GITEA;
    }

    @Override
    public String garbage() {
        return "blobs that no package names any more are removed by the forge's task cleanup_packages, daily by default";
    }

    @Override
    public Capabilities capabilities(String repository) throws ClientException, InterruptedException {
        Capabilities found = oci.capabilities(repository);
        return new Capabilities(
                found.untag(), found.delete(), found.deleteTakesTags(), found.referrersApi(), true, found.hindrance());
    }

    @Override
    public Listing list(String repository) throws ClientException, InterruptedException {
        String owner = repository.substring(0, Math.max(0, repository.indexOf('/')));
        String image = repository.substring(repository.indexOf('/') + 1);
        Listing tagged = oci.list(repository);
        Set<Digest> untagged = new HashSet<>();
        String path = "packages/" + JsonApi.segment(owner) + "?type=container&limit=50&q=" + JsonApi.segment(image);
        for (JsonNode version : api.pages(path, page -> page)) {
            String name = version.path("version").asText("");
            // the search finds parts of names as well
            if (version.path("name").asText("").equals(image) && name.startsWith("sha256:")) {
                untagged.add(new Digest(name));
            }
        }
        untagged.removeAll(tagged.tags().values());
        return new Listing(tagged.tags(), untagged, tagged.manifests());
    }

    @Override
    public RegistryReader reader() {
        return oci.reader();
    }

    @Override
    public Removal untag(String repository, String tag) throws InterruptedException {
        return oci.untag(repository, tag);
    }

    @Override
    public Removal delete(String repository, Digest digest) throws InterruptedException {
        return oci.delete(repository, digest);
    }
}
