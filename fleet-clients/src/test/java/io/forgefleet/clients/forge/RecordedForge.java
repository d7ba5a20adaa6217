package io.forgefleet.clients.forge;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.ForgeKind;
import io.forgefleet.events.wire.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Executors;

/** Speaks what GitHub and GitLab document of pull requests and statuses, with their refusals, and faults on demand. */
final class RecordedForge implements SampleForge {

    private static final String TOKEN = "right-token";
    private static final CommitId HEAD = new CommitId("1234567890123456789012345678901234567890");

    /** Answers in place of the forge; true when it did. */
    @FunctionalInterface
    interface Fault {
        boolean answer(HttpExchange exchange) throws IOException;
    }

    volatile Fault fault = exchange -> false;
    final List<String> requests = Collections.synchronizedList(new ArrayList<>());

    private final ForgeKind kind;
    private final HttpServer server;
    private final List<String> statuses = Collections.synchronizedList(new ArrayList<>());
    private String lastState = "";

    RecordedForge(ForgeKind kind) throws IOException {
        this.kind = kind;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::handle);
        server.start();
    }

    private void handle(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getRawPath();
        requests.add(exchange.getRequestMethod() + " " + path);
        if (fault.answer(exchange)) {
            return;
        }
        String token = kind == ForgeKind.GITLAB
                ? exchange.getRequestHeaders().getFirst("PRIVATE-TOKEN")
                : exchange.getRequestHeaders().getFirst("Authorization");
        if (token == null || !token.endsWith(TOKEN)) {
            send(exchange, 401, "{\"message\":\"Bad credentials\"}");
        } else if (kind == ForgeKind.GITLAB) {
            gitlab(exchange, path);
        } else {
            github(exchange, path);
        }
    }

    private void github(HttpExchange exchange, String path) throws IOException {
        String repo = "/api/v3/repos/team/app";
        String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
        if (path.equals(repo)) {
            send(exchange, 200, repository("team/app"));
        } else if (path.matches(repo + "/pulls/[1-5]")) {
            send(exchange, 200, githubPull(Integer.parseInt(path.substring(path.length() - 1))));
        } else if (path.equals(repo + "/statuses/" + HEAD)) {
            JsonNode status = Json.mapper().readTree(body);
            if (status.path("description").asText().length() > 140) {
                send(exchange, 422, "{\"message\":\"description is too long (maximum is 140 characters)\"}");
                return;
            }
            statuses.add(String.join(
                    " ",
                    status.path("context").asText(),
                    status.path("state").asText(),
                    status.path("description").asText(),
                    status.path("target_url").asText()));
            send(exchange, 201, body);
        } else {
            send(exchange, 404, "{\"message\":\"Not Found\",\"documentation_url\":\"https://docs.github.com/rest\"}");
        }
    }

    private String repository(String name) {
        String owner = name.substring(0, name.indexOf('/'));
        String base = "http://127.0.0.1:" + server.getAddress().getPort() + "/api/v3/repos/" + name;
        return """
                {"id":1,"name":"app","full_name":"%s","private":false,"owner":{"login":"%s","id":2},"url":"%s",
                 "default_branch":"main","fork":false}""".formatted(name, owner, base);
    }

    private String githubPull(int number) {
        String head = number == 5 ? "null" : repository("team/app");
        return """
                {"id":%d,"number":%d,"state":"%s","draft":%b,"merged":%b,"merged_at":%s,"title":"t",
                 "mergeable_state":"clean","url":"http://127.0.0.1/pulls/%d",
                 "head":{"label":"team:topic","ref":"topic","sha":"%s","repo":%s},
                 "base":{"label":"team:main","ref":"main","sha":"%s","repo":%s}}""".formatted(
                        number,
                        number,
                        number == 3 || number == 4 ? "closed" : "open",
                        number == 2,
                        number == 4,
                        number == 4 ? "\"2026-01-01T00:00:00Z\"" : "null",
                        number,
                        HEAD,
                        head,
                        HEAD,
                        repository("team/app"));
    }

    private void gitlab(HttpExchange exchange, String path) throws IOException {
        String project = "/api/v4/projects/team%2Fapp";
        String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
        if (path.matches(project + "/merge_requests/[1-5]")) {
            send(exchange, 200, gitlabMerge(Integer.parseInt(path.substring(path.length() - 1))));
        } else if (path.equals(project + "/statuses/" + HEAD)) {
            String state = parameter(body, "state");
            if (state.equals(lastState)) {
                send(
                        exchange,
                        400,
                        "{\"message\":\"Cannot transition status via :run from :" + state
                                + " (Reason(s): Status cannot transition via \\\"run\\\")\"}");
                return;
            }
            lastState = state;
            statuses.add(String.join(
                    " ",
                    parameter(body, "name"),
                    state.equals("failed") ? "failure" : state,
                    parameter(body, "description"),
                    parameter(body, "target_url")));
            send(exchange, 201, "{\"id\":1,\"sha\":\"" + HEAD + "\",\"status\":\"" + state + "\",\"name\":\"x\"}");
        } else {
            send(exchange, 404, "{\"message\":\"404 Not found\"}");
        }
    }

    private static String gitlabMerge(int number) {
        return """
                {"id":100%d,"iid":%d,"project_id":7,"state":"%s","sha":"%s","source_branch":"topic",
                 "target_branch":"main","source_project_id":%s,"target_project_id":7,"draft":%b,
                 "work_in_progress":false,"title":"t"}""".formatted(
                        number,
                        number,
                        number == 3 ? "closed" : number == 4 ? "merged" : "opened",
                        HEAD,
                        number == 5 ? "null" : "7",
                        number == 2);
    }

    private static String parameter(String form, String name) {
        for (String pair : form.split("&", -1)) {
            if (pair.startsWith(name + "=")) {
                return URLDecoder.decode(pair.substring(name.length() + 1), UTF_8);
            }
        }
        return "";
    }

    static void send(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @Override
    public Forge open(boolean rightToken) {
        return open(rightToken ? TOKEN : "another-secret", Duration.ofSeconds(20));
    }

    Forge impatient() {
        return open(TOKEN, Duration.ofMillis(400));
    }

    private Forge open(String token, Duration timeout) {
        return Forge.open(kind, "http://127.0.0.1:" + server.getAddress().getPort(), token, timeout);
    }

    @Override
    public long open() {
        return 1;
    }

    @Override
    public long draft() {
        return 2;
    }

    @Override
    public long closed() {
        return 3;
    }

    @Override
    public long merged() {
        return 4;
    }

    @Override
    public long fromFork() {
        return 5;
    }

    @Override
    public CommitId head() {
        return HEAD;
    }

    @Override
    public List<String> statuses() {
        return List.copyOf(statuses);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
