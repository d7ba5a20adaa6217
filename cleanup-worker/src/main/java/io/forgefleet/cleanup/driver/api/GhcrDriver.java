package io.forgefleet.cleanup.driver.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.forgefleet.cleanup.driver.Capabilities;
import io.forgefleet.cleanup.driver.Listing;
import io.forgefleet.cleanup.driver.RegistryDriver;
import io.forgefleet.cleanup.driver.RegistryReader;
import io.forgefleet.cleanup.driver.Removal;
import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.ClientException.Kind;
import io.forgefleet.events.image.Digest;
import io.forgefleet.runtime.config.RegistryKind;
import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * GitHub's container registry, by its API of packages, since it answers every OCI deletion with 405. A version is a digest
 * with all its tags, so no tag can go alone.
 */
final class GhcrDriver implements RegistryDriver {

    private static final int MOST_REPOSITORIES = 1000;

    private final RegistryReader reader;
    private final JsonApi api;
    private final Map<String, Map<Digest, Long>> versions = new ConcurrentHashMap<>();
    private final Map<String, String> paths = new ConcurrentHashMap<>();

    GhcrDriver(RegistryReader reader, JsonApi api) {
        this.reader = reader;
        this.api = api;
    }

    @Override
    public RegistryKind kind() {
        return RegistryKind.GHCR;
    }

    @Override
    public String garbage() {
        return "GitHub frees the space by itself";
    }

    @Override
    public Capabilities capabilities(String repository) throws ClientException, InterruptedException {
        String hindrance = "";
        try {
            HttpResponse<byte[]> answer = api.get(path(repository));
            // only classic tokens tell their scopes
            Optional<String> scopes = answer.headers().firstValue("X-OAuth-Scopes");
            if (scopes.isPresent() && !List.of(scopes.get().split(",\\s*")).contains("delete:packages")) {
                hindrance = "the token for " + repository + " may not delete packages; it has the scopes "
                        + scopes.get() + " and needs read:packages and delete:packages";
            }
        } catch (ClientException e) {
            if (e.retryable()) {
                throw e;
            }
            hindrance =
                    e.getMessage() + "; the package must exist, and its token needs read:packages and delete:packages";
        }
        return new Capabilities(
                false, hindrance.isEmpty(), true, reader.registry().referrers().hasApi(repository), true, hindrance);
    }

    @Override
    public Listing list(String repository) throws ClientException, InterruptedException {
        Map<String, Digest> tags = new HashMap<>();
        Set<Digest> untagged = new HashSet<>();
        Map<Digest, Long> ids = new HashMap<>();
        for (JsonNode version : versionsOf(repository)) {
            Digest digest = new Digest(version.path("name").asText(""));
            ids.put(digest, version.path("id").asLong());
            JsonNode names = version.path("metadata").path("container").path("tags");
            names.forEach(name -> tags.put(name.asText(), digest));
            if (names.isEmpty()) {
                untagged.add(digest);
            }
        }
        if (versions.size() >= MOST_REPOSITORIES) {
            versions.clear();
            paths.clear();
        }
        versions.put(repository, ids);
        return new Listing(tags, untagged);
    }

    private List<JsonNode> versionsOf(String repository) throws ClientException, InterruptedException {
        try {
            return api.pages(path(repository) + "/versions?per_page=100", page -> page);
        } catch (ClientException e) {
            if (e.kind() == Kind.NOT_FOUND) {
                return List.of();
            }
            throw e;
        }
    }

    @Override
    public RegistryReader reader() {
        return reader;
    }

    @Override
    public Removal untag(String repository, String tag) {
        return new Removal.Refused("GHCR deletes a version with all its tags, never a tag alone");
    }

    @Override
    public Removal delete(String repository, Digest digest) throws InterruptedException {
        try {
            OptionalLong id = id(repository, digest);
            if (id.isEmpty()) {
                return new Removal.Absent();
            }
            // 400 for public versions of more than 5,000 downloads: only GitHub's support deletes those
            return api.delete(path(repository) + "/versions/" + id.getAsLong());
        } catch (ClientException e) {
            return Removal.of(e);
        }
    }

    private OptionalLong id(String repository, Digest digest) throws ClientException, InterruptedException {
        Long known = versions.getOrDefault(repository, Map.of()).get(digest);
        if (known == null) {
            list(repository);
            known = versions.getOrDefault(repository, Map.of()).get(digest);
        }
        return known == null ? OptionalLong.empty() : OptionalLong.of(known);
    }

    private String path(String repository) throws ClientException, InterruptedException {
        String known = paths.get(repository);
        if (known != null) {
            return known;
        }
        String owner = repository.substring(0, Math.max(0, repository.indexOf('/')));
        String name = repository.substring(repository.indexOf('/') + 1);
        boolean organization = api.json("users/" + JsonApi.segment(owner))
                .path("type")
                .asText("")
                .equals("Organization");
        String path = (organization ? "orgs/" : "users/") + JsonApi.segment(owner) + "/packages/container/"
                + JsonApi.segment(name);
        paths.put(repository, path);
        return path;
    }
}
