package io.forgefleet.clients.forge;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.forgefleet.clients.forge.change.LabelChange;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.ForgeKind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;

/** Speaks what GitHub and GitLab document, with their refusals, and faults on demand. */
final class RecordedForge implements SampleForge {

    private static final String TOKEN = "right-token";
    private static final String LITTLE_TOKEN = "little-token";

    /** Where files are that the forge redirects to: like others' storages it knows no tokens of the forge. */
    static final String STORAGE = "/storage/";

    private static final CommitId HEAD = new CommitId("1234567890123456789012345678901234567890");

    /** Answers in place of the forge; true when it did. */
    @FunctionalInterface
    interface Fault {
        boolean answer(HttpExchange exchange) throws IOException;
    }

    volatile Fault fault = exchange -> false;

    /** Does what it is asked, and cuts the connection instead of answering; true when it is to. */
    volatile Fault loses = exchange -> false;

    final List<String> requests = Collections.synchronizedList(new ArrayList<>());

    final RecordedRepository repository = new RecordedRepository();
    final RecordedReleases releases = new RecordedReleases(repository);

    private final ForgeKind kind;
    private final HttpServer server;
    private final Protocol protocol;

    RecordedForge(ForgeKind kind) throws IOException {
        this.kind = kind;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::handle);
        protocol = kind == ForgeKind.GITLAB
                ? new GitLabProtocol(url(), HEAD, repository, releases)
                : new GitHubProtocol(url(), HEAD, repository, releases);
        server.start();
    }

    private String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private void handle(HttpExchange exchange) throws IOException {
        requests.add(
                exchange.getRequestMethod() + " " + exchange.getRequestURI().getRawPath());
        if (fault.answer(exchange)) {
            return;
        }
        String token = kind == ForgeKind.GITLAB
                ? exchange.getRequestHeaders().getFirst("PRIVATE-TOKEN")
                : exchange.getRequestHeaders().getFirst("Authorization");
        if (exchange.getRequestURI().getPath().startsWith(STORAGE)) {
            protocol.answer(Asked.of(exchange), token != null);
        } else if (token == null || !(token.endsWith(TOKEN) || token.endsWith(LITTLE_TOKEN))) {
            send(exchange, 401, "{\"message\":\"Bad credentials\"}");
        } else {
            Asked asked = Asked.of(exchange);
            protocol.answer(loses.answer(exchange) ? asked.unheard() : asked, token.endsWith(LITTLE_TOKEN));
        }
    }

    static void send(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        boolean bodiless = bytes.length == 0
                || status == 204
                || exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(status, bodiless ? -1 : bytes.length);
        if (!bodiless) {
            exchange.getResponseBody().write(bytes);
        }
        exchange.close();
    }

    @Override
    public Forge open(boolean rightToken) {
        return open(rightToken ? TOKEN : "another-secret", Duration.ofSeconds(20));
    }

    @Override
    public Forge openWithLittle() {
        return open(LITTLE_TOKEN, Duration.ofSeconds(20));
    }

    Forge impatient() {
        return open(TOKEN, Duration.ofMillis(400));
    }

    private Forge open(String token, Duration timeout) {
        return Forge.open(kind, url(), token, timeout);
    }

    @Override
    public List<String> writers() {
        return protocol.writers();
    }

    @Override
    public List<String> others() {
        return protocol.others();
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
    public LabelChange label(long number, String label, boolean add) {
        List<String> told = repository.changes.computeIfAbsent(number, pull -> new ArrayList<>());
        Instant at = Instant.parse("2026-01-01T00:00:00Z").plusSeconds(told.size());
        LabelChange change = new LabelChange(label, add, "writer", at);
        told.add(protocol.told(change, told.size() + 1));
        return change;
    }

    @Override
    public void manyOthers(long number, int times) {
        for (int i = 0; i < times; i++) {
            label(number, "of many", i % 2 == 0);
        }
    }

    @Override
    public List<String> statuses() {
        return protocol.statuses();
    }

    @Override
    public void push(String branch, Map<String, String> texts) {
        repository.push(branch, texts);
    }

    @Override
    public void closePull(long number) {
        repository.pull(number).orElseThrow().state = "closed";
    }

    @Override
    public void mergePull(long number) {
        repository.merge(number);
    }

    @Override
    public void deleteBranch(String branch) {
        repository.branches.remove(branch);
    }

    @Override
    public String described(long number) {
        RecordedRepository.Pull pull = repository.pull(number).orElseThrow();
        return pull.title + " | " + pull.body;
    }

    @Override
    public List<String> log(String branch) {
        return repository.log(branch);
    }

    @Override
    public CommitId tag(String name, boolean annotated) {
        return new CommitId(repository.tag(name, annotated));
    }

    @Override
    public void deleteTag(String name) {
        repository.tags.remove(name);
    }

    @Override
    public void makeRelease(String tag, boolean draft) {
        releases.add(tag, draft, "by hand", "somebody's");
    }

    @Override
    public void addFile(String tag, String name, byte[] content) {
        releases.newest(tag).add(releases.id(), name, content);
    }

    @Override
    public void deleteFile(String tag, String name) {
        releases.newest(tag).assets.removeIf(asset -> asset.name().equals(name));
    }

    @Override
    public byte[] download(String tag, String name) {
        return releases.newest(tag).assets.stream()
                .filter(asset -> asset.name().equals(name))
                .findFirst()
                .orElseThrow()
                .content();
    }

    @Override
    public String notes(String tag) {
        return releases.newest(tag).body;
    }

    @Override
    public int releasesOf(String tag) {
        return releases.of(tag).size();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
