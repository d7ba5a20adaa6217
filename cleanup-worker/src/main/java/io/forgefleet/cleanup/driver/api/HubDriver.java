package io.forgefleet.cleanup.driver.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.forgefleet.cleanup.driver.Capabilities;
import io.forgefleet.cleanup.driver.Listing;
import io.forgefleet.cleanup.driver.OciDriver;
import io.forgefleet.cleanup.driver.RegistryDriver;
import io.forgefleet.cleanup.driver.RegistryReader;
import io.forgefleet.cleanup.driver.Removal;
import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.ClientException.Kind;
import io.forgefleet.events.image.Digest;
import io.forgefleet.runtime.config.RegistryKind;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Docker Hub: tags by its own API, manifests by the registry, which refuses while one has a tag or is named by an index
 * (403), and may answer 500 to what it does all the same.
 */
final class HubDriver implements RegistryDriver {

    private static final int MOST_PAGES = 5000;

    private final OciDriver oci;
    private final JsonApi api;

    /**
     * @param api below {@code /v2/}
     */
    HubDriver(RegistryReader reader, JsonApi api) {
        this.oci = new OciDriver(reader);
        this.api = api;
    }

    @Override
    public RegistryKind kind() {
        return RegistryKind.DOCKER_HUB;
    }

    @Override
    public String garbage() {
        return "Docker Hub frees the space by itself";
    }

    @Override
    public Capabilities capabilities(String repository) throws ClientException, InterruptedException {
        String hindrance = "";
        try {
            JsonNode rights = api.json("repositories/" + repository + "/").path("permissions");
            if (!rights.path("write").asBoolean(false) && !rights.path("admin").asBoolean(false)) {
                hindrance = "the token for " + repository + " may only read; make one with read, write and delete";
            }
        } catch (ClientException e) {
            if (e.retryable()) {
                throw e;
            }
            hindrance = e.getMessage() + "; the repository must exist, and its token needs read, write and delete";
        }
        boolean may = hindrance.isEmpty();
        return new Capabilities(
                may, may, false, oci.reader().registry().referrers().hasApi(repository), false, hindrance);
    }

    @Override
    public Listing list(String repository) throws ClientException, InterruptedException {
        Map<String, Digest> tags = new HashMap<>();
        String path = "repositories/" + repository + "/tags?page_size=100&page=";
        for (int page = 1; page <= MOST_PAGES; page++) {
            JsonNode found = page(path + page);
            for (JsonNode tag : found.path("results")) {
                String name = tag.path("name").asText("");
                String digest = tag.path("digest").asText("");
                if (digest.isEmpty()) {
                    oci.reader().registry().digest(repository, name).ifPresent(known -> tags.put(name, known));
                } else {
                    tags.put(name, new Digest(digest));
                }
            }
            if (found.path("next").asText("").isEmpty()) {
                return new Listing(tags, Set.of());
            }
        }
        throw new ClientException(
                Kind.REFUSED, "could not list the tags of " + repository + ": more than " + MOST_PAGES + " pages");
    }

    private JsonNode page(String path) throws ClientException, InterruptedException {
        try {
            return api.json(path);
        } catch (ClientException e) {
            if (e.kind() == Kind.NOT_FOUND) {
                return MissingNode.getInstance();
            }
            throw e;
        }
    }

    @Override
    public RegistryReader reader() {
        return oci.reader();
    }

    @Override
    public Removal untag(String repository, String tag) throws InterruptedException {
        return api.delete("repositories/" + repository + "/tags/" + JsonApi.segment(tag) + "/");
    }

    @Override
    public Removal delete(String repository, Digest digest) throws InterruptedException {
        Removal removal = oci.delete(repository, digest);
        return removal instanceof Removal.Denied denied
                ? new Removal.Refused(denied.why() + "; Docker Hub also refuses so while a tag or an index names it")
                : removal;
    }
}
