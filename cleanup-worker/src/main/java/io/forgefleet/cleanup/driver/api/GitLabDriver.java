package io.forgefleet.cleanup.driver.api;

import com.fasterxml.jackson.databind.JsonNode;
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
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * GitLab: its API takes tags away one by one, at once; the registry itself deletes by digest. The API's deletion in bulk is
 * not used: it answers before it is done, and takes what matches a pattern by then.
 */
final class GitLabDriver implements RegistryDriver {

    private static final int DEVELOPER = 30;
    private static final int MOST_REPOSITORIES = 1000;

    private final OciDriver oci;
    private final JsonApi api;
    private final Map<String, String> paths = new ConcurrentHashMap<>();

    /**
     * @param api below {@code /api/v4/}
     */
    GitLabDriver(RegistryReader reader, JsonApi api) {
        this.oci = new OciDriver(reader);
        this.api = api;
    }

    @Override
    public RegistryKind kind() {
        return RegistryKind.GITLAB;
    }

    @Override
    public String garbage() {
        return "blobs stay until GitLab's registry collects its garbage: by itself where it has a metadata database, else by"
                + " gitlab-ctl registry-garbage-collect";
    }

    @Override
    public Capabilities capabilities(String repository) throws ClientException, InterruptedException {
        Capabilities registry = oci.capabilities(repository);
        String hindrance = "";
        try {
            JsonNode rights = project(repository).path("permissions");
            int level = Math.max(
                    rights.path("project_access").path("access_level").asInt(0),
                    rights.path("group_access").path("access_level").asInt(0));
            if (level < DEVELOPER) {
                hindrance =
                        "the token for " + repository + " may not delete tags; its account must be a developer of the"
                                + " project at least, and the token needs the scope api";
            }
        } catch (ClientException e) {
            if (e.retryable()) {
                throw e;
            }
            hindrance = e.getMessage() + "; the token needs the scope api";
        }
        return new Capabilities(
                hindrance.isEmpty(),
                hindrance.isEmpty() && registry.delete(),
                true,
                registry.referrersApi(),
                false,
                hindrance);
    }

    @Override
    public Listing list(String repository) throws ClientException, InterruptedException {
        return oci.list(repository);
    }

    @Override
    public RegistryReader reader() {
        return oci.reader();
    }

    @Override
    public Removal untag(String repository, String tag) throws InterruptedException {
        try {
            return api.delete(path(repository) + "/tags/" + JsonApi.segment(tag));
        } catch (ClientException e) {
            return Removal.of(e);
        }
    }

    @Override
    public Removal delete(String repository, Digest digest) throws InterruptedException {
        return oci.delete(repository, digest);
    }

    private String path(String repository) throws ClientException, InterruptedException {
        String known = paths.get(repository);
        if (known != null) {
            return known;
        }
        String repositories = "projects/" + project(repository).path("id").asLong() + "/registry/repositories";
        for (JsonNode each : api.pages(repositories + "?per_page=100", page -> page)) {
            if (each.path("path").asText("").equals(repository)) {
                String path = repositories + "/" + each.path("id").asLong();
                if (paths.size() >= MOST_REPOSITORIES) {
                    paths.clear();
                }
                paths.put(repository, path);
                return path;
            }
        }
        throw new ClientException(Kind.NOT_FOUND, "GitLab has no registry repository " + repository);
    }

    /** The project is the longest beginning of a repository's path that is one. */
    private JsonNode project(String repository) throws ClientException, InterruptedException {
        for (String path = repository; path.contains("/"); path = path.substring(0, path.lastIndexOf('/'))) {
            try {
                return api.json("projects/" + JsonApi.segment(path));
            } catch (ClientException e) {
                if (e.kind() != Kind.NOT_FOUND) {
                    throw e;
                }
            }
        }
        throw new ClientException(Kind.NOT_FOUND, "GitLab shows our token no project of " + repository);
    }
}
