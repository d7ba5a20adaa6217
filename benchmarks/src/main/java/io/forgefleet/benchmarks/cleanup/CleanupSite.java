package io.forgefleet.benchmarks.cleanup;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.forgefleet.benchmarks.measure.Bench;
import io.forgefleet.benchmarks.service.Program;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.RepositoryId;
import io.forgefleet.events.image.TrustClass;
import io.forgefleet.events.job.RunId;
import io.forgefleet.events.ledger.LedgerEntry;
import io.forgefleet.events.wire.Json;
import io.forgefleet.host.broker.BrokerProcess;
import io.forgefleet.host.forge.LocalForge;
import io.forgefleet.host.forge.repository.Account;
import io.forgefleet.host.forge.repository.Permission;
import io.forgefleet.host.process.Command;
import io.forgefleet.host.process.FreePort;
import io.forgefleet.host.process.ManagedProcess;
import io.forgefleet.host.process.ProcessSpec;
import io.forgefleet.host.registry.LocalRegistry;
import io.forgefleet.runtime.topic.KafkaSettings;
import io.forgefleet.runtime.topic.RecordPublisher;
import io.forgefleet.runtime.topic.Topic;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** A cleanup worker in a process of its own, as it is deployed, with Kafka, a registry and a small forge around it. */
final class CleanupSite implements AutoCloseable {

    private static final String OWNER = "team";
    private static final Duration READY_WITHIN = Duration.ofMinutes(1);
    private static final Duration ANSWER_WITHIN = Duration.ofMinutes(4);

    private final Bench bench;
    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final LocalRegistry registry;
    private final LocalForge forge;
    private final Account bot;
    private final RecordPublisher ledger;
    private final ManagedProcess worker;
    private final URI api;
    private final HttpClient http = HttpClient.newHttpClient();
    private final Map<String, CommitId> heads = new HashMap<>();

    CleanupSite(Bench bench) throws Exception {
        this.bench = bench;
        BrokerProcess kafka = part(bench.startBroker());
        registry = part(LocalRegistry.start(bench.directory().resolve("registry"), 0));
        forge = part(LocalForge.start(bench.directory().resolve("forge"), 0));
        bot = forge.account("bot");
        ledger = part(new RecordPublisher(KafkaSettings.of(kafka.bootstrap())));
        int port = FreePort.find();
        Path config = Files.writeString(bench.directory().resolve("cleanup.yml"), """
                kafka: {bootstrap: "%s", replication: 1}
                listen: {management: "127.0.0.1:%d"}
                dataDirectory: "%s"
                forges: [{name: local, kind: forgejo, url: "%s", token: "${env:BENCH_TOKEN}", repositories: ["**"]}]
                registries: [{name: main, address: "%s", plainHttp: true}]
                repositories: [{match: "local:**", images: main}]
                retention: {pullRequests: 1ms, branches: 1ms, grace: 1ms}
                """.formatted(
                kafka.bootstrap(), port, bench.directory().resolve("cleanup-data"), forge.url(), registry.address()));
        List<String> command =
                new ArrayList<>(Program.CLEANUP_WORKER.command(List.of("-Xmx128m", "-XX:TieredStopAtLevel=1")));
        command.addAll(List.of("--config", config.toString()));
        bench.say("starting the cleanup worker");
        worker = part(
                ManagedProcess.start(ProcessSpec.of("cleanup", bench.directory().resolve("cleanup.log"), command)
                        .with(Map.of("BENCH_TOKEN", bot.token()))));
        api = URI.create("http://127.0.0.1:" + port);
        worker.awaitOk(api.resolve("/health/ready"), READY_WITHIN);
    }

    private <T extends AutoCloseable> T part(T part) {
        parts.push(part);
        return part;
    }

    String registry() {
        return registry.address();
    }

    /** Where the registry keeps what it has. */
    Path storage() {
        return bench.directory().resolve("registry/data");
    }

    /** A repository of the forge, with so many open pull requests of one commit. */
    void repository(String name, int pullRequests) throws IOException {
        forge.createRepository(OWNER, name);
        forge.grant(OWNER + "/" + name, bot, Permission.ADMIN);
        Path copy = Files.createDirectories(bench.directory().resolve("copies").resolve(name));
        git(copy, "init", "-q", "-b", "main");
        git(copy, "commit", "-q", "--allow-empty", "-m", "Begin");
        List<String> push = new ArrayList<>(List.of(
                "push",
                "-q",
                forge.cloneUrl(OWNER + "/" + name)
                        .toString()
                        .replace("://", "://" + bot.name() + ":" + bot.token() + "@"),
                "HEAD:refs/heads/main"));
        git(copy, push.toArray(String[]::new));
        git(copy, "commit", "-q", "--allow-empty", "-m", "Change");
        push.removeLast();
        for (int number = 1; number <= pullRequests; number++) {
            push.add("HEAD:refs/heads/change-" + number);
        }
        git(copy, push.toArray(String[]::new));
        heads.put(name, new CommitId(git(copy, "rev-parse", "HEAD").strip()));
        for (int number = 1; number <= pullRequests; number++) {
            forge.openPullRequest(OWNER + "/" + name, bot, "Change " + number, "change-" + number, "main");
        }
    }

    /** Enters what the fleet made, as builds of the pull requests' heads. */
    void enter(String name, List<Population.Made> made) throws Exception {
        List<CompletableFuture<Void>> sent = new ArrayList<>();
        for (Population.Made each : made) {
            LedgerEntry entry = new LedgerEntry(
                    each.digest(),
                    RunId.derive(name, "build", "images", each.tag()),
                    LedgerEntry.Kind.IMAGE,
                    registry.address() + "/" + OWNER + "/" + name,
                    List.of(each.tag()),
                    RepositoryId.parse("local/" + OWNER + "/" + name),
                    heads.getOrDefault(name, new CommitId("0".repeat(39) + "1")),
                    (long) each.pullRequest(),
                    TrustClass.BRANCH,
                    Instant.now(),
                    null);
            sent.add(ledger.publish(Topic.IMAGES, entry.key(), entry.key(), Json.write(entry)));
        }
        for (CompletableFuture<Void> each : sent) {
            each.get();
        }
    }

    void close(String name, int pullRequest) {
        forge.closePullRequest(OWNER + "/" + name, bot, pullRequest);
    }

    /** What the worker answers. */
    record Answer(double seconds, int planned, int deleted, String refusal) {}

    /** Asks the worker as {@code fleet prune} does. */
    Answer prune(String repository, boolean dryRun) throws IOException, InterruptedException {
        ObjectNode body = Json.mapper()
                .createObjectNode()
                .put("repository", repository)
                .put("dryRun", dryRun)
                .put("yes", true);
        long began = System.nanoTime();
        HttpResponse<String> response = http.send(
                HttpRequest.newBuilder(api.resolve("/api/prune"))
                        .timeout(ANSWER_WITHIN)
                        .POST(BodyPublishers.ofByteArray(Json.write(body)))
                        .build(),
                BodyHandlers.ofString());
        double seconds = (System.nanoTime() - began) / 1e9;
        int planned = 0;
        int deleted = 0;
        boolean ended = false;
        StringBuilder refusal = new StringBuilder();
        for (String line : response.body().split("\n", -1)) {
            JsonNode read = line.isEmpty()
                    ? Json.mapper().createObjectNode()
                    : Json.mapper().readTree(line);
            ended |= read.has("end");
            refusal.append(read.path("outcome").path("refusal").asText(""));
            for (JsonNode image : read.path("outcome").path("images")) {
                refusal.append(image.path("refusal").asText(""));
                planned += image.path("plan").path("items").size();
                deleted += image.path("report").path("deleted").size();
            }
        }
        if (!ended) {
            throw new IOException("the worker answered " + response.statusCode() + ": " + response.body());
        }
        return new Answer(seconds, planned, deleted, refusal.toString());
    }

    /** The most memory that the worker held, in MiB ({@code VmHWM}). */
    double mostMiB() throws IOException {
        return Files.readAllLines(Path.of("/proc", Long.toString(worker.pid()), "status")).stream()
                .filter(line -> line.startsWith("VmHWM:"))
                .mapToDouble(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024.0)
                .findFirst()
                .orElseThrow(() -> new IOException("process " + worker.pid() + " has no VmHWM"));
    }

    private static String git(Path copy, String... arguments) throws IOException {
        List<String> line =
                new ArrayList<>(List.of("git", "-c", "user.name=bot", "-c", "user.email=bot@example.invalid"));
        line.addAll(List.of(arguments));
        Command.Output output = new Command(line, copy, Map.of(), Duration.ofMinutes(2), 1 << 20).run();
        if (output.exitCode() != 0) {
            throw new IOException("git " + arguments[0] + ": " + output.error());
        }
        return output.text();
    }

    @Override
    public void close() {
        while (!parts.isEmpty()) {
            try {
                parts.pop().close();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (Exception e) {
                bench.say("a part did not end well: " + e);
            }
        }
    }
}
