package io.forgefleet.clients.forge;

import com.fasterxml.jackson.databind.JsonNode;
import io.forgefleet.clients.forge.RecordedRepository.Pull;
import io.forgefleet.clients.forge.change.LabelChange;
import io.forgefleet.events.CommitId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What GitHub documents. */
final class GitHubProtocol implements Protocol {

    private static final String REPO = "/api/v3/repos/team/app";

    /** Login to the permission that is told and the role that it stands for. */
    private static final Map<String, List<String>> PEOPLE = Map.of(
            "boss", List.of("admin", "admin"),
            "writer", List.of("write", "write"),
            "maintainer", List.of("write", "maintain"),
            "triager", List.of("read", "triage"),
            "reader", List.of("read", "read"),
            "stranger", List.of("none", "none"));

    private final String url;
    private final CommitId head;
    private final RecordedRepository repository;
    private final GitHubContent content;
    private final GitHubReleaseCalls releases;
    private final List<String> statuses = Collections.synchronizedList(new ArrayList<>());

    GitHubProtocol(String url, CommitId head, RecordedRepository repository, RecordedReleases releases) {
        this.url = url;
        this.head = head;
        this.repository = repository;
        this.content = new GitHubContent(REPO, url, repository);
        this.releases = new GitHubReleaseCalls(REPO, url, repository, releases);
    }

    @Override
    public void answer(Asked asked, boolean withLittle) throws IOException {
        String path = asked.path();
        if (path.equals(REPO)) {
            asked.answer(200, repository("team/app"));
        } else if (path.matches(REPO + "/pulls/[1-5]")) {
            asked.answer(200, pull(Integer.parseInt(path.substring(path.length() - 1))));
        } else if (path.equals(REPO + "/statuses/" + head)) {
            status(asked);
        } else if (path.startsWith(REPO + "/collaborators/") && path.endsWith("/permission")) {
            permission(asked, withLittle);
        } else if (path.matches(REPO + "/issues/[0-9]+/events")) {
            events(asked);
        } else if (path.equals(REPO + "/pulls")) {
            pulls(asked);
        } else if (path.matches(REPO + "/pulls/[0-9]+")) {
            pull(asked, Long.parseLong(asked.after(REPO + "/pulls/")));
        } else if (!releases.answers(asked) && !content.answers(asked) && !content.answersBlob(asked)) {
            asked.answer(404, "{\"message\":\"Not Found\",\"documentation_url\":\"https://docs.github.com/rest\"}");
        }
    }

    private void events(Asked asked) throws IOException {
        long number = Long.parseLong(asked.path().replaceAll("\\D", " ").strip().replaceAll(".* ", ""));
        int page = asked.queried("page").isEmpty() ? 1 : Integer.parseInt(asked.queried("page"));
        int perPage = Math.min(Integer.parseInt(asked.queried("per_page")), 30);
        List<String> events = repository.changes(number, page, perPage);
        if (!repository.changes(number, page + 1, perPage).isEmpty()) {
            String next = url + asked.path() + "?per_page=" + perPage + "&page=" + (page + 1);
            asked.exchange().getResponseHeaders().set("Link", "<" + next + ">; rel=\"next\"");
        }
        asked.answer(200, events.toString());
    }

    @Override
    public String told(LabelChange change, int number) {
        return """
                {"id":%d,"event":"%s","created_at":"%s","actor":{"login":"%s","id":3},"commit_id":null,
                 "label":{"name":"%s","color":"00aabb"}}""".formatted(
                        number, change.added() ? "labeled" : "unlabeled", change.at(), change.login(), change.label());
    }

    /** Of the five of the sample, two on a page. */
    private void listed(Asked asked) throws IOException {
        List<Integer> open = List.of(1, 2, 5);
        int page = asked.queried("page").isEmpty() ? 1 : Integer.parseInt(asked.queried("page"));
        if (page == 1) {
            String next = url + asked.path() + "?state=open&per_page=100&page=2";
            asked.exchange().getResponseHeaders().set("Link", "<" + next + ">; rel=\"next\"");
        }
        asked.answer(
                200,
                open.subList(2 * (page - 1), Math.min(2 * page, open.size())).stream()
                        .map(this::pull)
                        .toList()
                        .toString());
    }

    private void pulls(Asked asked) throws IOException {
        JsonNode wanted = asked.method().equals("POST") ? asked.json() : null;
        if (wanted == null && asked.queried("head").isEmpty()) {
            listed(asked);
        } else if (wanted == null) {
            String branch = asked.queried("head").replaceFirst("^team:", "");
            asked.answer(
                    200,
                    repository.pulls(asked.queried("base"), branch).stream()
                            .map(this::told)
                            .toList()
                            .toString());
        } else if (repository
                .pulls(wanted.path("base").asText(), wanted.path("head").asText())
                .stream()
                .anyMatch(pull -> pull.state.equals("open"))) {
            asked.answer(422, "{\"message\":\"A pull request already exists for team:x.\"}");
        } else {
            Pull pull = repository.open(
                    wanted.path("base").asText(),
                    wanted.path("head").asText(),
                    wanted.path("title").asText(),
                    wanted.path("body").asText());
            asked.answer(201, told(pull));
        }
    }

    private void pull(Asked asked, long number) throws IOException {
        Pull pull = repository.pull(number).orElse(null);
        if (pull == null) {
            asked.answer(404, "{\"message\":\"Not Found\"}");
            return;
        }
        if (asked.method().equals("PATCH")) {
            pull.title = asked.json().path("title").asText(pull.title);
            pull.body = asked.json().path("body").asText(pull.body);
        }
        asked.answer(200, told(pull));
    }

    private String told(Pull pull) {
        return """
                {"id":%d,"number":%d,"state":"%s","merged_at":%s,"title":"%s","body":"%s","url":"%s",
                 "html_url":"http://forge.example/team/app/pull/%d","user":{"login":"fleet"},"labels":[],
                 "head":{"label":"team:%s","ref":"%s","sha":"%s","repo":%s},
                 "base":{"label":"team:main","ref":"%s","sha":"%s","repo":%s}}""".formatted(
                        pull.number,
                        pull.number,
                        pull.state.equals("open") ? "open" : "closed",
                        pull.state.equals("merged") ? "\"2026-01-01T00:00:00Z\"" : "null",
                        pull.title,
                        pull.body,
                        url + REPO + "/pulls/" + pull.number,
                        pull.number,
                        pull.branch,
                        pull.branch,
                        pull.head,
                        repository("team/app"),
                        pull.base,
                        head,
                        repository("team/app"));
    }

    private void permission(Asked asked, boolean withLittle) throws IOException {
        String login = asked.after(REPO + "/collaborators/").replace("/permission", "");
        List<String> known = PEOPLE.get(login.toLowerCase(Locale.ROOT));
        if (withLittle) {
            asked.answer(403, "{\"message\":\"Must have push access to view collaborator permission.\"}");
        } else if (known == null) {
            asked.answer(404, "{\"message\":\"" + login + " is not a user\"}");
        } else {
            asked.answer(
                    200,
                    "{\"permission\":\"%s\",\"role_name\":\"%s\",\"user\":{\"login\":\"%s\",\"id\":3}}"
                            .formatted(known.get(0), known.get(1), login.toLowerCase(Locale.ROOT)));
        }
    }

    private void status(Asked asked) throws IOException {
        JsonNode status = asked.json();
        if (status.path("description").asText().length() > 140) {
            asked.answer(422, "{\"message\":\"description is too long (maximum is 140 characters)\"}");
            return;
        }
        statuses.add(String.join(
                " ",
                status.path("context").asText(),
                status.path("state").asText(),
                status.path("description").asText(),
                status.path("target_url").asText()));
        asked.answer(201, asked.body());
    }

    private String repository(String name) {
        String owner = name.substring(0, name.indexOf('/'));
        return """
                {"id":1,"name":"app","full_name":"%s","private":false,"owner":{"login":"%s","id":2},"url":"%s",
                 "default_branch":"main","fork":false}""".formatted(name, owner, url + "/api/v3/repos/" + name);
    }

    private String pull(int number) {
        String labels = number == 1 ? "{\"id\":1,\"name\":\"ok to build\"},{\"id\":2,\"name\":\"größer\"}" : "";
        return """
                {"id":%d,"number":%d,"state":"%s","draft":%b,"merged":%b,"merged_at":%s,"title":"t",
                 "mergeable_state":"clean","url":"http://127.0.0.1/pulls/%d","labels":[%s],
                 "user":{"login":"writer","id":3},
                 "head":{"label":"team:topic","ref":"topic","sha":"%s","repo":%s},
                 "base":{"label":"team:main","ref":"main","sha":"%s","repo":%s}}""".formatted(
                        number,
                        number,
                        number == 3 || number == 4 ? "closed" : "open",
                        number == 2,
                        number == 4,
                        number == 4 ? "\"2026-01-01T00:00:00Z\"" : "null",
                        number,
                        labels,
                        head,
                        number == 5 ? "null" : repository("team/app"),
                        head,
                        repository("team/app"));
    }

    @Override
    public List<String> writers() {
        return List.of("writer", "boss", "maintainer");
    }

    @Override
    public List<String> others() {
        return List.of("triager", "reader", "stranger", "nobody", "renovate[bot]");
    }

    @Override
    public List<String> statuses() {
        return List.copyOf(statuses);
    }
}
