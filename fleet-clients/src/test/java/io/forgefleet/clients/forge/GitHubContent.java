package io.forgefleet.clients.forge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.forgefleet.clients.forge.RecordedRepository.Commit;
import io.forgefleet.clients.forge.RecordedRepository.Entry;
import io.forgefleet.events.wire.Json;
import java.io.IOException;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** What GitHub documents of contents, git's objects and refs. */
final class GitHubContent {

    private static final String NOT_FOUND = "{\"message\":\"Not Found\"}";

    private final String repo;
    private final String url;
    private final RecordedRepository repository;
    private final Map<String, byte[]> blobs = new HashMap<>();
    private final Map<String, SortedMap<String, Entry>> trees = new HashMap<>();

    GitHubContent(String repo, String url, RecordedRepository repository) {
        this.repo = repo;
        this.url = url;
        this.repository = repository;
    }

    /** Answers what is about content; false when it is about something else. */
    boolean answers(Asked asked) throws IOException {
        String path = asked.path();
        if (path.startsWith(repo + "/git/refs")) {
            ref(asked);
        } else if (path.startsWith(repo + "/git/trees/")) {
            tree(asked, path.substring((repo + "/git/trees/").length()));
        } else if (path.startsWith(repo + "/commits/")) {
            commit(asked, path.substring((repo + "/commits/").length()));
        } else if (path.startsWith(repo + "/contents/")) {
            contents(asked);
        } else if (asked.is("POST", repo + "/git/blobs")) {
            String id = repository.id();
            blobs.put(
                    id,
                    Base64.getMimeDecoder().decode(asked.json().path("content").asText()));
            asked.answer(201, "{\"sha\":\"" + id + "\"}");
        } else if (asked.is("POST", repo + "/git/trees")) {
            newTree(asked);
        } else if (asked.is("POST", repo + "/git/commits")) {
            JsonNode commit = asked.json();
            String id = repository.commit(
                    commit.path("parents").path(0).asText(),
                    commit.path("message").asText(),
                    trees.get(commit.path("tree").asText()));
            asked.answer(201, "{\"sha\":\"" + id + "\",\"tree\":{\"sha\":\"" + id + "\"}}");
        } else {
            return false;
        }
        return true;
    }

    private void ref(Asked asked) throws IOException {
        String branch = asked.after(repo + "/git/refs/heads/");
        if (asked.method().equals("GET")) {
            String head = repository.branches.get(branch);
            asked.answer(head == null ? 404 : 200, head == null ? NOT_FOUND : told(branch, head));
        } else if (asked.method().equals("PATCH")) {
            if (!asked.json().path("force").asBoolean()) {
                asked.answer(422, "{\"message\":\"Update is not a fast forward\"}");
                return;
            }
            repository.move(branch, asked.json().path("sha").asText());
            asked.answer(200, told(branch, asked.json().path("sha").asText()));
        } else {
            String name = asked.json().path("ref").asText().replace("refs/heads/", "");
            if (repository.branches.containsKey(name)) {
                asked.answer(422, "{\"message\":\"Reference already exists\"}");
                return;
            }
            repository.move(name, asked.json().path("sha").asText());
            asked.answer(201, told(name, asked.json().path("sha").asText()));
        }
    }

    private String told(String branch, String head) {
        return "{\"ref\":\"refs/heads/%s\",\"url\":\"%s%s/git/refs/heads/%s\",\"object\":{\"type\":\"commit\",\"sha\":\"%s\"}}"
                .formatted(branch, url, repo, branch, head);
    }

    private void tree(Asked asked, String id) throws IOException {
        Optional<Commit> commit = repository.at(id);
        SortedMap<String, Entry> files = commit.map(Commit::files).orElse(trees.get(id));
        if (files == null) {
            asked.answer(404, NOT_FOUND);
            return;
        }
        boolean recursive = !asked.queried("recursive").isEmpty();
        ArrayNode entries = Json.mapper().createArrayNode();
        Map<String, SortedMap<String, Entry>> folders = new TreeMap<>();
        files.forEach((path, entry) -> {
            int slash = path.indexOf('/');
            if (slash > 0) {
                folders.computeIfAbsent(path.substring(0, slash), name -> new TreeMap<>())
                        .put(path.substring(slash + 1), entry);
            }
            if (slash < 0 || recursive) {
                entry(entries, path, entry.mode(), "blob");
            }
        });
        folders.forEach((name, inside) -> {
            ObjectNode folder = entry(entries, name, "040000", "tree");
            trees.put(folder.path("sha").asText(), inside);
        });
        ObjectNode answer = Json.mapper().createObjectNode().put("sha", id).put("truncated", files.size() > 500);
        asked.answer(200, answer.<ObjectNode>set("tree", entries).toString());
    }

    private ObjectNode entry(ArrayNode entries, String path, String mode, String type) {
        return entries.addObject()
                .put("path", path)
                .put("mode", mode)
                .put("type", type)
                .put("sha", repository.id());
    }

    private void commit(Asked asked, String id) throws IOException {
        String told = "{\"sha\":\"%s\",\"commit\":{\"message\":\"m\",\"tree\":{\"sha\":\"%s\"}},\"parents\":[]}";
        boolean known = repository.at(id).isPresent();
        asked.answer(known ? 200 : 404, known ? told.formatted(id, id) : NOT_FOUND);
    }

    private void contents(Asked asked) throws IOException {
        String path = asked.after(repo + "/contents/");
        Entry entry = repository
                .at(asked.queried("ref"))
                .map(commit -> commit.files().get(path))
                .orElse(null);
        if (entry == null) {
            asked.answer(404, NOT_FOUND);
            return;
        }
        boolean large = entry.content().length > 1_000_000;
        String id = repository.id();
        blobs.put(id, entry.content());
        ObjectNode told = Json.mapper()
                .createObjectNode()
                .put("type", "file")
                .put("path", path)
                .put("size", entry.content().length)
                .put("sha", id)
                .put("encoding", large ? "none" : "base64")
                .put("content", large ? "" : Base64.getMimeEncoder().encodeToString(entry.content()));
        asked.answer(200, told.toString());
    }

    private void newTree(Asked asked) throws IOException {
        JsonNode wanted = asked.json();
        SortedMap<String, Entry> files = new TreeMap<>(
                repository.at(wanted.path("base_tree").asText()).orElseThrow().files());
        for (JsonNode entry : wanted.path("tree")) {
            byte[] content = blobs.get(entry.path("sha").asText());
            files.put(entry.path("path").asText(), new Entry(entry.path("mode").asText(), content));
        }
        String id = repository.id();
        trees.put(id, files);
        asked.answer(201, "{\"sha\":\"" + id + "\",\"truncated\":false,\"tree\":[]}");
    }

    /** The raw content of a blob; false when there is none of this id. */
    boolean answersBlob(Asked asked) throws IOException {
        byte[] content = blobs.get(asked.after(repo + "/git/blobs/"));
        if (content == null) {
            return false;
        }
        asked.answer(200, content);
        return true;
    }
}
