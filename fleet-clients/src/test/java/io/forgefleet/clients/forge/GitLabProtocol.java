package io.forgefleet.clients.forge;

import io.forgefleet.clients.forge.RecordedRepository.Pull;
import io.forgefleet.clients.forge.change.LabelChange;
import io.forgefleet.events.CommitId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What GitLab documents. */
final class GitLabProtocol implements Protocol {

    private static final String PROJECT = "/api/v4/projects/team%2Fapp";

    /** A member or not (level 0), by the level of access; the number of a user is the place in this list. */
    private record Person(String login, int level, String state) {}

    private static final List<Person> PEOPLE = List.of(
            new Person("writer", 30, "active"),
            new Person("boss", 50, "active"),
            new Person("maintainer", 40, "active"),
            new Person("reporter", 20, "active"),
            new Person("planner", 15, "active"),
            new Person("unheard-of", 29, "active"),
            new Person("blocked", 50, "blocked"),
            new Person("stranger", 0, "active"));

    private final CommitId head;
    private final RecordedRepository repository;
    private final GitLabContent content;
    private final GitLabReleaseCalls releases;
    private final List<String> statuses = Collections.synchronizedList(new ArrayList<>());
    private String lastState = "";

    GitLabProtocol(String url, CommitId head, RecordedRepository repository, RecordedReleases releases) {
        this.head = head;
        this.repository = repository;
        this.content = new GitLabContent(PROJECT, repository);
        this.releases = new GitLabReleaseCalls(PROJECT, url, repository, releases);
    }

    @Override
    public void answer(Asked asked, boolean withLittle) throws IOException {
        String path = asked.path();
        if (path.matches(PROJECT + "/merge_requests/[1-5]")) {
            asked.answer(200, merge(Integer.parseInt(path.substring(path.length() - 1))));
        } else if (path.matches(PROJECT + "/merge_requests/[0-9]+/resource_label_events")) {
            labelEvents(asked);
        } else if (path.equals(PROJECT + "/statuses/" + head)) {
            status(asked);
        } else if (path.equals("/api/v4/users")) {
            users(asked);
        } else if (path.startsWith(PROJECT + "/members/all/")) {
            member(asked, withLittle);
        } else if (path.equals(PROJECT)) {
            asked.answer(200, "{\"id\":7,\"path_with_namespace\":\"team/app\",\"default_branch\":\"main\"}");
        } else if (path.equals(PROJECT + "/merge_requests")) {
            merges(asked);
        } else if (path.matches(PROJECT + "/merge_requests/[0-9]+")) {
            merge(asked, Long.parseLong(asked.after(PROJECT + "/merge_requests/")));
        } else if (!releases.answers(asked) && !content.answers(asked)) {
            asked.answer(404, "{\"message\":\"404 Not found\"}");
        }
    }

    private void labelEvents(Asked asked) throws IOException {
        long number = Long.parseLong(asked.path().replaceAll("\\D", " ").strip().replaceAll(".* ", ""));
        int page = asked.queried("page").isEmpty() ? 1 : Integer.parseInt(asked.queried("page"));
        int perPage = 20;
        int pages = 1;
        while (!repository.changes(number, pages + 1, perPage).isEmpty()) {
            pages++;
        }
        Map<String, Integer> headers = new HashMap<>(
                Map.of("X-Page", page, "X-Per-Page", perPage, "X-Total-Pages", pages, "X-Total", pages * perPage));
        if (page < pages) {
            headers.put("X-Next-Page", page + 1);
        }
        headers.forEach((name, value) -> asked.exchange().getResponseHeaders().set(name, "" + value));
        asked.answer(200, repository.changes(number, page, perPage).toString());
    }

    @Override
    public String told(LabelChange change, int number) {
        return """
                {"id":%d,"user":%s},"created_at":"%s","resource_type":"MergeRequest","resource_id":9,
                 "label":{"id":1,"name":"%s","color":"#00aabb"},"action":"%s"}""".formatted(
                number, user(PEOPLE.getFirst()), change.at(), change.label(), change.added() ? "add" : "remove");
    }

    /** Of the five of the sample, two on a page. */
    private void listed(Asked asked) throws IOException {
        List<Integer> open = List.of(1, 2, 5);
        int page = asked.queried("page").isEmpty() ? 1 : Integer.parseInt(asked.queried("page"));
        Map<String, Integer> headers =
                new HashMap<>(Map.of("X-Page", page, "X-Per-Page", 2, "X-Total-Pages", 2, "X-Total", open.size()));
        if (page == 1) {
            headers.put("X-Next-Page", 2);
        }
        headers.forEach((name, value) -> asked.exchange().getResponseHeaders().set(name, "" + value));
        asked.answer(
                200,
                open.subList(2 * (page - 1), Math.min(2 * page, open.size())).stream()
                        .map(this::merge)
                        .toList()
                        .toString());
    }

    private void merges(Asked asked) throws IOException {
        if (asked.method().equals("GET") && asked.queried("source_branch").isEmpty()) {
            listed(asked);
        } else if (asked.method().equals("GET")) {
            asked.answer(
                    200,
                    repository.pulls(asked.queried("target_branch"), asked.queried("source_branch")).stream()
                            .map(GitLabProtocol::told)
                            .toList()
                            .toString());
        } else if (repository.pulls(asked.posted("target_branch"), asked.posted("source_branch")).stream()
                .anyMatch(pull -> pull.state.equals("open"))) {
            asked.answer(409, "{\"message\":[\"Another open merge request already exists\"]}");
        } else {
            Pull pull = repository.open(
                    asked.posted("target_branch"),
                    asked.posted("source_branch"),
                    asked.posted("title"),
                    asked.posted("description"));
            asked.answer(201, told(pull));
        }
    }

    private void merge(Asked asked, long number) throws IOException {
        Pull pull = repository.pull(number).orElse(null);
        if (pull == null) {
            asked.answer(404, "{\"message\":\"404 Not found\"}");
            return;
        }
        if (asked.method().equals("PUT")) {
            pull.title = asked.posted("title");
            pull.body = asked.posted("description");
        }
        asked.answer(200, told(pull));
    }

    private static String told(Pull pull) {
        return """
                {"id":100%d,"iid":%d,"project_id":7,"state":"%s","sha":"%s","source_branch":"%s",
                 "target_branch":"%s","source_project_id":7,"target_project_id":7,
                 "web_url":"http://forge.example/team/app/-/merge_requests/%d"}""".formatted(
                        pull.number,
                        pull.number,
                        pull.state.equals("open") ? "opened" : pull.state,
                        pull.head,
                        pull.branch,
                        pull.base,
                        pull.number);
    }

    private static void users(Asked asked) throws IOException {
        List<String> found = PEOPLE.stream()
                .filter(person ->
                        person.login().equals(asked.queried("username").toLowerCase(Locale.ROOT)))
                .map(person -> user(person) + "}")
                .toList();
        asked.answer(200, found.toString());
    }

    private static void member(Asked asked, boolean withLittle) throws IOException {
        int number = Integer.parseInt(asked.after(PROJECT + "/members/all/"));
        if (withLittle) {
            asked.answer(403, "{\"error\":\"insufficient_scope\",\"error_description\":\"needs higher privileges\"}");
        } else if (PEOPLE.get(number).level() == 0) {
            asked.answer(404, "{\"message\":\"404 Not found\"}");
        } else {
            Person person = PEOPLE.get(number);
            asked.answer(200, user(person) + ",\"access_level\":" + person.level() + "}");
        }
    }

    private static String user(Person person) {
        return "{\"id\":%d,\"username\":\"%s\",\"name\":\"N\",\"state\":\"%s\""
                .formatted(PEOPLE.indexOf(person), person.login(), person.state());
    }

    private void status(Asked asked) throws IOException {
        String state = asked.posted("state");
        if (state.equals(lastState)) {
            asked.answer(
                    400,
                    "{\"message\":\"Cannot transition status via :run from :" + state
                            + " (Reason(s): Status cannot transition via \\\"run\\\")\"}");
            return;
        }
        lastState = state;
        statuses.add(String.join(
                " ",
                asked.posted("name"),
                state.equals("failed") ? "failure" : state,
                asked.posted("description"),
                asked.posted("target_url")));
        asked.answer(201, "{\"id\":1,\"sha\":\"" + head + "\",\"status\":\"" + state + "\",\"name\":\"x\"}");
    }

    private String merge(int number) {
        return """
                {"id":100%d,"iid":%d,"project_id":7,"state":"%s","sha":"%s","source_branch":"topic",
                 "target_branch":"main","source_project_id":%s,"target_project_id":7,"draft":%b,
                 "work_in_progress":false,"title":"t","labels":[%s],
                 "author":{"id":0,"username":"writer","state":"active"}}""".formatted(
                        number,
                        number,
                        number == 3 ? "closed" : number == 4 ? "merged" : "opened",
                        head,
                        number == 5 ? "null" : "7",
                        number == 2,
                        number == 1 ? "\"ok to build\",\"größer\"" : "");
    }

    @Override
    public List<String> writers() {
        return List.of("writer", "boss", "maintainer");
    }

    @Override
    public List<String> others() {
        return List.of("reporter", "planner", "unheard-of", "blocked", "stranger", "nobody");
    }

    @Override
    public List<String> statuses() {
        return List.copyOf(statuses);
    }
}
