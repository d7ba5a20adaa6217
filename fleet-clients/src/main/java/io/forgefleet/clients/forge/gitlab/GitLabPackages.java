package io.forgefleet.clients.forge.gitlab;

import com.fasterxml.jackson.databind.JsonNode;
import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.ClientException.Kind;
import io.forgefleet.clients.forge.release.ReleaseAsset;
import io.forgefleet.clients.forge.release.ReleaseJson;
import io.forgefleet.clients.forge.release.StoredAsset;
import io.forgefleet.clients.http.HttpCalls;
import io.forgefleet.events.RepositoryId;
import io.forgefleet.events.image.Digest;
import io.forgefleet.events.job.RunId;
import io.forgefleet.events.wire.Json;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Generic packages that hold the files of releases: one version for each run of a tag. */
final class GitLabPackages {

    private static final String NAME = "forgefleet-release";
    private static final String DELETED = "pending_destruction";
    private static final int PAGE = 100;
    private static final int MOST_PAGES = 10;

    private final GitLabCalls calls;

    GitLabPackages(GitLabCalls calls) {
        this.calls = calls;
    }

    /** Of the characters that GitLab takes; the run makes it unique. */
    static String version(String tag, RunId run) {
        String known = tag.replaceAll("[^A-Za-z0-9._+-]", "-");
        return known.substring(0, Math.min(known.length(), 200)) + "-" + run;
    }

    /** Where a file is, below the project. */
    static String path(String version, String file) {
        return "/packages/generic/" + NAME + "/" + version + "/" + GitLabCalls.encoded(file);
    }

    /** Path of a version's package; empty when there is none. */
    Optional<String> find(RepositoryId project, String version) throws ClientException, InterruptedException {
        String tried = "find package " + NAME + " " + version + " of " + project;
        String path = "/packages?package_type=generic&package_name=" + NAME + "&package_version=" + version
                + "&order_by=created_at&sort=desc";
        // who does not know the filters, or takes them for parts of names, lists others too
        return pages(tried, project, path, PAGE * MOST_PAGES).stream()
                .filter(told -> told.path("name").asText().equals(NAME)
                        && told.path("version").asText().equals(version)
                        && !told.path("status").asText().equals(DELETED))
                .findFirst()
                .map(told -> "/packages/" + told.path("id").asLong());
    }

    List<StoredAsset> files(RepositoryId project, String version) throws ClientException, InterruptedException {
        String tried = "list the files of package " + NAME + " " + version + " of " + project;
        Optional<String> known = find(project, version);
        List<StoredAsset> files = new ArrayList<>();
        if (known.isPresent()) {
            String path = known.get() + "/package_files";
            for (JsonNode told : pages(tried, project, path + "?", PAGE * MOST_PAGES)) {
                files.add(file(tried, path, told));
            }
        }
        return files;
    }

    StoredAsset upload(RepositoryId project, String version, ReleaseAsset asset)
            throws IOException, ClientException, InterruptedException {
        String tried = "upload " + asset.name() + " to package " + NAME + " " + version + " of " + project;
        String path = path(version, asset.name()) + "?select=package_file";
        JsonNode told = json(tried, calls.put(tried, project, path, asset.file(), ReleaseJson.transfer(asset.bytes())));
        return file(tried, "/packages/" + told.path("package_id").asLong() + "/package_files", told);
    }

    void delete(String what, RepositoryId project, String path) throws ClientException, InterruptedException {
        String tried = what + " of " + project;
        HttpResponse<byte[]> answer = calls.send(tried, project, "DELETE", path, null);
        if (answer.statusCode() != 404) {
            succeeded(tried, answer);
        }
    }

    /** A list, until it ends or has so many. */
    List<JsonNode> pages(String tried, RepositoryId project, String path, int most)
            throws ClientException, InterruptedException {
        List<JsonNode> all = new ArrayList<>();
        for (int page = 1; page <= MOST_PAGES && all.size() < most; page++) {
            String at = path + (path.endsWith("?") ? "" : "&") + "per_page=" + PAGE + "&page=" + page;
            HttpResponse<byte[]> answer = calls.send(tried, project, "GET", at, null);
            JsonNode list = json(tried, answer);
            if (!list.isArray()) {
                throw notUnderstood(tried, new IOException("it is no list"));
            }
            list.forEach(all::add);
            if (answer.headers().firstValue("X-Next-Page").orElse("").isBlank()) {
                break;
            }
        }
        return all;
    }

    private static StoredAsset file(String tried, String path, JsonNode told) throws ClientException {
        String digest = told.path("file_sha256").asText("");
        if (!told.path("id").isIntegralNumber() || !told.path("size").isIntegralNumber()) {
            throw notUnderstood(tried, new IOException("it is no file of a package"));
        }
        return new StoredAsset(
                path + "/" + told.path("id").asLong(),
                told.path("file_name").asText(),
                told.path("size").asLong(),
                true,
                digest.matches("[0-9a-f]{64}") ? Optional.of(new Digest("sha256:" + digest)) : Optional.empty(),
                "");
    }

    /** The JSON of an answer, which has to be a good one. */
    static JsonNode json(String tried, HttpResponse<byte[]> answer) throws ClientException {
        try {
            return Json.mapper().readTree(succeeded(tried, answer).body());
        } catch (IOException e) {
            throw notUnderstood(tried, e);
        }
    }

    private static HttpResponse<byte[]> succeeded(String tried, HttpResponse<byte[]> answer) throws ClientException {
        if (answer.statusCode() / 100 == 2) {
            return answer;
        }
        ClientException failure = HttpCalls.failure(tried, answer);
        throw failure.kind() == Kind.UNAUTHORIZED
                ? failure.advising(
                        "the token needs the scope api and the role Developer, and the project its packages on")
                : failure;
    }

    /** What an answer is that is none of this API: a login page, half of one, of a proxy. */
    static ClientException notUnderstood(String tried, Exception why) {
        return new ClientException(
                Kind.UNAVAILABLE, "could not " + tried + ": the answer is not understood: " + why.getMessage(), why);
    }
}
