package io.forgefleet.clients.forge;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.forgefleet.clients.forge.RecordedRepository.Commit;
import io.forgefleet.clients.forge.RecordedRepository.Entry;
import io.forgefleet.events.wire.Json;
import java.io.IOException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** What GitLab documents of repositories. */
final class GitLabContent {

    /** However many are asked for. */
    private static final int PAGE = 2;

    private final String project;
    private final RecordedRepository repository;

    GitLabContent(String project, RecordedRepository repository) {
        this.project = project;
        this.repository = repository;
    }

    /** Answers what is about content; false when it is about something else. */
    boolean answers(Asked asked) throws IOException {
        String path = asked.path();
        if (path.startsWith(project + "/repository/branches/")) {
            String name = asked.after(project + "/repository/branches/");
            String head = repository.branches.get(name);
            asked.answer(
                    head == null ? 404 : 200,
                    head == null
                            ? "{\"message\":\"404 Branch Not Found\"}"
                            : "{\"name\":\"" + name + "\",\"commit\":{\"id\":\"" + head + "\"}}");
        } else if (path.equals(project + "/repository/tree")) {
            tree(asked);
        } else if (path.startsWith(project + "/repository/files/")) {
            file(asked);
        } else if (asked.is("POST", project + "/repository/commits")) {
            commit(asked);
        } else {
            return false;
        }
        return true;
    }

    private void tree(Asked asked) throws IOException {
        SortedMap<String, Entry> files =
                repository.at(asked.queried("ref")).map(Commit::files).orElseThrow();
        List<Map.Entry<String, Entry>> all = List.copyOf(files.entrySet());
        int page = Integer.parseInt(asked.queried("page"));
        int pages = (all.size() + PAGE - 1) / PAGE;
        ArrayNode entries = Json.mapper().createArrayNode();
        for (Map.Entry<String, Entry> file :
                all.subList(Math.min(all.size(), (page - 1) * PAGE), Math.min(all.size(), page * PAGE))) {
            String name = file.getKey().substring(file.getKey().lastIndexOf('/') + 1);
            entries.addObject()
                    .put("id", "1")
                    .put("name", name)
                    .put("path", file.getKey())
                    .put("mode", file.getValue().mode())
                    .put("type", "blob");
        }
        asked.exchange().getResponseHeaders().set("X-Per-Page", String.valueOf(PAGE));
        asked.exchange().getResponseHeaders().set("X-Page", String.valueOf(page));
        asked.exchange().getResponseHeaders().set("X-Total", String.valueOf(all.size()));
        asked.exchange().getResponseHeaders().set("X-Total-Pages", String.valueOf(pages));
        asked.exchange().getResponseHeaders().set("X-Next-Page", page < pages ? String.valueOf(page + 1) : "");
        asked.answer(200, entries.toString());
    }

    private void file(Asked asked) throws IOException {
        String path = asked.after(project + "/repository/files/");
        Optional<Entry> entry =
                repository.at(asked.queried("ref")).map(commit -> commit.files().get(path));
        if (entry.isEmpty()) {
            asked.answer(404, "{\"message\":\"404 File Not Found\"}");
            return;
        }
        byte[] content = entry.get().content();
        if (asked.method().equals("HEAD")) {
            asked.exchange().getResponseHeaders().set("X-Gitlab-Size", String.valueOf(content.length));
            asked.exchange().getResponseHeaders().set("X-Gitlab-Encoding", "base64");
            asked.answer(200, "");
            return;
        }
        ObjectNode told = Json.mapper()
                .createObjectNode()
                .put("file_path", path)
                .put("size", content.length)
                .put("encoding", "base64")
                .put("content", Base64.getEncoder().encodeToString(content))
                .put("blob_id", "b10b");
        asked.answer(200, told.toString());
    }

    private void commit(Asked asked) throws IOException {
        JsonNode commit = asked.json();
        String branch = commit.path("branch").asText();
        if (repository.branches.containsKey(branch) && !commit.path("force").asBoolean()) {
            asked.answer(400, "{\"message\":\"A branch called '" + branch + "' already exists.\"}");
            return;
        }
        String start = commit.path("start_sha").asText();
        SortedMap<String, Entry> files =
                new TreeMap<>(repository.at(start).orElseThrow().files());
        for (JsonNode action : commit.path("actions")) {
            String path = action.path("file_path").asText();
            boolean create = action.path("action").asText().equals("create");
            if (create == files.containsKey(path)) {
                asked.answer(
                        400, "{\"message\":\"A file with this name " + (create ? "already" : "doesn't") + " exist\"}");
                return;
            }
            byte[] content = action.path("encoding").asText().equals("base64")
                    ? Base64.getDecoder().decode(action.path("content").asText())
                    : action.path("content").asText().getBytes(UTF_8);
            files.put(path, new Entry(create ? "100644" : files.get(path).mode(), content));
        }
        String id = repository.commit(start, commit.path("commit_message").asText(), files);
        repository.move(branch, id);
        asked.answer(201, "{\"id\":\"" + id + "\"}");
    }
}
