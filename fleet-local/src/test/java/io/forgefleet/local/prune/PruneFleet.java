package io.forgefleet.local.prune;

import static org.assertj.core.api.Assertions.assertThat;

import io.forgefleet.cleanup.api.PruneRoutes;
import io.forgefleet.cleanup.apply.ClaimMarks;
import io.forgefleet.cleanup.ledger.LedgerGuard;
import io.forgefleet.cleanup.ledger.LedgerTopic;
import io.forgefleet.cleanup.sweep.Cleaner;
import io.forgefleet.cleanup.sweep.CleanupMeters;
import io.forgefleet.cleanup.sweep.DeletionEvents;
import io.forgefleet.cleanup.sweep.ImagePlaces;
import io.forgefleet.cleanup.sweep.RunsInHand;
import io.forgefleet.cleanup.truth.Ends;
import io.forgefleet.cleanup.truth.ForgeTruth;
import io.forgefleet.clients.registry.DockerCredentials;
import io.forgefleet.clients.registry.Registry;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.RepositoryId;
import io.forgefleet.events.image.Digest;
import io.forgefleet.events.image.TrustClass;
import io.forgefleet.events.job.RunId;
import io.forgefleet.events.ledger.LedgerEntry;
import io.forgefleet.events.wire.Json;
import io.forgefleet.gateway.api.CleanupRoutes;
import io.forgefleet.host.broker.BrokerOptions;
import io.forgefleet.host.broker.EmbeddedBroker;
import io.forgefleet.host.forge.LocalForge;
import io.forgefleet.host.forge.repository.Account;
import io.forgefleet.host.forge.repository.Permission;
import io.forgefleet.host.process.Command;
import io.forgefleet.host.process.FreePort;
import io.forgefleet.host.registry.LocalRegistry;
import io.forgefleet.host.registry.RegistryProgram;
import io.forgefleet.host.registry.SmallImages;
import io.forgefleet.runtime.claim.Claims;
import io.forgefleet.runtime.config.FleetConfig;
import io.forgefleet.runtime.projection.RunStates;
import io.forgefleet.runtime.service.Service;
import io.forgefleet.runtime.topic.KafkaSettings;
import io.forgefleet.runtime.topic.RecordPublisher;
import io.forgefleet.runtime.topic.Topic;
import io.forgefleet.runtime.topic.TopicLayout;
import io.forgefleet.runtime.topic.Topics;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A cleanup worker that does only what it is asked, on a real broker, registry and small forge, behind the routes of a gateway; images
 * are pushed and entered as a build worker does. Nothing waits before it goes: every time of the rules is a millisecond.
 */
final class PruneFleet implements AutoCloseable {

    private static final String TOKEN = "a token of the test";

    private final Path folder;
    private final EmbeddedBroker broker;
    private final LocalRegistry registry;
    private final LocalForge forge;
    private final Account ann;
    private final RecordPublisher publisher;
    private final Service service;
    private final Vertx vertx = Vertx.vertx();
    private final Registry client;
    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final URI gateway;
    private final URI alone;

    PruneFleet(Path folder) throws Exception {
        this(folder, RegistryProgram.findAny().orElseThrow(), "");
    }

    /** @param retention more of that section: {@code , undoWindow: 1d} */
    PruneFleet(Path folder, RegistryProgram program, String retention) throws Exception {
        this.folder = folder;
        broker = EmbeddedBroker.start(BrokerOptions.in(Files.createDirectories(folder.resolve("kafka"))));
        KafkaSettings kafka = KafkaSettings.of(broker.bootstrap());
        Topics.ensure(kafka, TopicLayout.oneBroker());
        registry = LocalRegistry.start(program, folder.resolve("registry"), 0);
        client = new Registry(registry.address(), true, DockerCredentials.ofThisProcess(), Duration.ofSeconds(10));
        forge = LocalForge.start(folder.resolve("forge"), 0);
        ann = forge.account("ann");
        publisher = new RecordPublisher(kafka);
        FleetConfig config = FleetConfig.parse(
                """
                kafka: {bootstrap: "%s", replication: 1}
                listen: {management: "127.0.0.1:%d"}
                api: {token: "${env:API}"}
                dataDirectory: "%s"
                forges: [{name: here, kind: forgejo, url: "%s", token: "${env:FORGE}", repositories: ["**"]}]
                registries: [{name: main, address: "%s", plainHttp: true}]
                repositories: [{match: "here:**", images: main}]
                retention: {pullRequests: 1ms, branches: 1ms, grace: 1ms%s}
                """.formatted(
                                broker.bootstrap(),
                                FreePort.find(),
                                folder.resolve("data"),
                                forge.url(),
                                registry.address(),
                                retention),
                Map.of("FORGE", ann.token(), "API", TOKEN));
        service = Service.start("cleanup-worker", config);
        cleanups(config, kafka);
        URI worker = URI.create("http://127.0.0.1:" + service.management().port());
        gateway = serve(new CleanupRoutes(vertx, worker, config.api().token()));
        alone = serve(new CleanupRoutes(vertx, null, null));
    }

    /** As the service has them, but for what it does by itself. */
    private void cleanups(FleetConfig config, KafkaSettings kafka) throws Exception {
        Claims claims = part(new Claims(kafka, config.intervals().claimTiming()));
        LedgerTopic ledger = part(new LedgerTopic(kafka));
        LedgerGuard guard = part(new LedgerGuard(kafka, folder.resolve("data/cleanup/ledger.json")));
        Ends ends = part(new Ends(kafka, repository -> {}));
        Cleaner cleaner = new Cleaner(
                config,
                ledger,
                guard,
                ends,
                part(new ForgeTruth(config, ends)),
                new RunsInHand(part(RunStates.forWorkers(kafka)), claims),
                new ImagePlaces(config, DockerCredentials.ofThisProcess()),
                new ClaimMarks(claims),
                new CleanupMeters(service.meters().registry()),
                part(new DeletionEvents(kafka)));
        new PruneRoutes(cleaner, ledger, guard).add(service.management().router());
    }

    private <T extends AutoCloseable> T part(T part) {
        parts.push(part);
        return part;
    }

    private URI serve(CleanupRoutes routes) {
        Router router = Router.router(vertx);
        routes.add(router);
        int port = vertx.createHttpServer()
                .requestHandler(router)
                .listen(0, "127.0.0.1")
                .await()
                .actualPort();
        return URI.create("http://127.0.0.1:" + port);
    }

    /** Of a gateway that knows the worker. */
    Map<String, String> environment() {
        return Map.of("FLEET_SERVER", gateway.toString());
    }

    /** Of one that does not. */
    Map<String, String> withoutWorker() {
        return Map.of("FLEET_SERVER", alone.toString());
    }

    String registryAddress() {
        return registry.address();
    }

    /** A repository on the forge, with so many open pull requests, of a branch each. */
    void repository(String name, int pullRequests) throws Exception {
        forge.createRepository("team", name);
        forge.grant("team/" + name, ann, Permission.ADMIN);
        Path clone = Files.createDirectories(folder.resolve("clones").resolve(name));
        git(clone, "clone", "--quiet", forge.cloneUrl("team/" + name).toString(), ".");
        git(clone, "commit", "--quiet", "--allow-empty", "-m", "begin");
        git(clone, "push", "--quiet", "origin", "HEAD:main");
        for (int number = 1; number <= pullRequests; number++) {
            git(clone, "commit", "--quiet", "--allow-empty", "-m", "change " + number);
            git(clone, "push", "--quiet", "origin", "HEAD:change-" + number);
            forge.openPullRequest("team/" + name, ann, "change " + number, "change-" + number, "main");
        }
    }

    void close(String name, long number) {
        forge.closePullRequest("team/" + name, ann, number);
    }

    /** Pushes an image for a pull request, and says so in the ledger. */
    Digest image(String name, long number, String tag) throws Exception {
        Digest digest = new Digest(new SmallImages(registry.address(), "team/" + name)
                .push(folder, "linux/amd64", Map.of("name", name + ":" + tag)));
        client.tag("team/" + name, digest, tag);
        LedgerEntry entry = new LedgerEntry(
                digest,
                RunId.derive(name, "build", "images", tag),
                LedgerEntry.Kind.IMAGE,
                registry.address() + "/team/" + name,
                List.of(tag),
                RepositoryId.parse("here/team/" + name),
                new CommitId(
                        Digest.of(tag.getBytes(StandardCharsets.UTF_8)).value().substring(7, 47)),
                number,
                TrustClass.BRANCH,
                Instant.now(),
                null);
        publisher.publishDurably(Topic.IMAGES, entry.key(), entry.key(), Json.write(entry));
        return digest;
    }

    void tag(String name, Digest digest, String tag) throws Exception {
        client.tag("team/" + name, digest, tag);
    }

    List<String> tags(String name) throws Exception {
        return client.tags("team/" + name, 100);
    }

    private void git(Path clone, String... arguments) throws Exception {
        String basic =
                Base64.getEncoder().encodeToString((ann.name() + ":" + ann.token()).getBytes(StandardCharsets.UTF_8));
        Map<String, String> environment = new HashMap<>(Map.of(
                "GIT_CONFIG_COUNT",
                "1",
                "GIT_CONFIG_KEY_0",
                "http." + forge.url().resolve("/") + ".extraHeader",
                "GIT_CONFIG_VALUE_0",
                "Authorization: Basic " + basic,
                "GIT_CONFIG_GLOBAL",
                "/dev/null"));
        for (String role : List.of("AUTHOR", "COMMITTER")) {
            environment.put("GIT_" + role + "_NAME", "ann");
            environment.put("GIT_" + role + "_EMAIL", "ann@example.invalid");
        }
        List<String> line = new ArrayList<>(List.of("git"));
        line.addAll(List.of(arguments));
        Command.Output output = new Command(line, clone, environment, Duration.ofSeconds(30), 1 << 20).run();
        assertThat(output.exitCode()).as(output.error()).isZero();
    }

    @Override
    public void close() {
        parts.addLast(publisher);
        parts.addLast(() -> vertx.close().await());
        parts.addLast(forge);
        parts.addLast(registry);
        parts.addLast(broker);
        parts.push(service::stop);
        while (!parts.isEmpty()) {
            try {
                parts.pop().close();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (Exception e) {
                throw new IllegalStateException("a part did not end", e);
            }
        }
    }
}
