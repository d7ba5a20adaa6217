package io.forgefleet.benchmarks.fleet;

import io.forgefleet.benchmarks.measure.Bench;
import io.forgefleet.benchmarks.service.FleetFile;
import io.forgefleet.benchmarks.service.Program;
import io.forgefleet.benchmarks.service.RunningService;
import io.forgefleet.host.broker.BrokerProcess;
import io.forgefleet.host.forge.LocalForge;
import io.forgefleet.host.forge.hook.Delivery;
import io.forgefleet.host.forge.repository.Account;
import io.forgefleet.host.forge.repository.CommitStatus;
import io.forgefleet.host.forge.repository.Permission;
import io.forgefleet.host.registry.LocalRegistry;
import io.forgefleet.host.registry.RegistryProgram;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** A forge in this process, and around it Kafka, a registry, a gateway and a build worker with one slot as processes. */
final class FleetSite implements AutoCloseable {

    static final Path BUSYBOX = Path.of("/bin/busybox");

    private static final String SECRET = "benchmark-secret-that-guards-nothing";
    private static final String FORGE = "local";
    private static final String OWNER = "team";
    /** Contexts of the statuses that a push is waited for by. */
    static final String IMAGE = "forgefleet/image";

    static final String CI_IMAGE = "forgefleet/ci-image";
    private static final Duration LONGEST = Duration.ofMinutes(3);
    private static final Duration RECORDED_WITHIN = Duration.ofSeconds(10);
    private static final long POLL_MILLIS = 10;

    private final Bench bench;
    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final Map<String, CompletableFuture<CommitStatus>> ends = new ConcurrentHashMap<>();
    private final LocalForge forge;
    private final LocalRegistry registry;
    private final Account bot;
    private final URI webhooks;

    /**
     * A push and what came of it.
     *
     * @param sent when the forge began to send the webhook
     * @param ended when the forge was given the commit's final status
     */
    record Push(String commit, Instant sent, Instant ended) {

        double seconds() {
            return Duration.between(sent, ended).toNanos() / 1e9;
        }
    }

    /** What this machine lacks for it, and how to get it. */
    static Optional<String> missing(Bench bench) {
        Shell shell = new Shell(bench.directory());
        if (!shell.works("docker", "buildx", "version") || !shell.works("docker", "info")) {
            return Optional.of("no engine answers, or docker has no buildx (./fleet doctor)");
        }
        if (RegistryProgram.findAny().isEmpty()) {
            return Optional.of("no registry program (apt-get install docker-registry)");
        }
        if (!Files.isExecutable(BUSYBOX)) {
            return Optional.of("no " + BUSYBOX + " (apt-get install busybox-static)");
        }
        return shell.works("git", "--version") ? Optional.empty() : Optional.of("no git (apt-get install git)");
    }

    /**
     * Starts it all.
     *
     * @param workersPath {@code PATH} of the build worker
     */
    FleetSite(Bench bench, String workersPath) throws InterruptedException {
        this(bench, workersPath, FleetFile.ENGINE);
    }

    /** The same with another engine. */
    FleetSite(Bench bench, String workersPath, URI engine) throws InterruptedException {
        this.bench = bench;
        try {
            BrokerProcess kafka = part(bench.startBroker());
            registry = part(LocalRegistry.start(bench.directory().resolve("registry"), 0));
            forge = part(LocalForge.start(bench.directory().resolve("forge"), 0));
            forge.onStatus(this::posted);
            bot = forge.account("bot");
            FleetFile fleet =
                    new FleetFile(kafka.bootstrap(), "forgejo", FORGE, forge.url(), registry.address(), engine, 1);
            Map<String, String> variables = new HashMap<>(FleetFile.secrets(SECRET, bot.token()));
            bench.say("starting gateway and build worker");
            RunningService gateway =
                    part(RunningService.start(bench, Program.GATEWAY, "gateway", fleet, List.of(), variables));
            variables.put("PATH", workersPath);
            part(RunningService.start(bench, Program.BUILD_WORKER, "worker", fleet, List.of(), variables));
            webhooks = URI.create("http://127.0.0.1:" + gateway.webhookPort() + "/webhooks/" + FORGE);
        } catch (InterruptedException | RuntimeException e) {
            close();
            throw e;
        }
    }

    private <T extends AutoCloseable> T part(T part) {
        parts.push(part);
        return part;
    }

    /** {@code host:port} of the registry. */
    String registry() {
        return registry.address();
    }

    /** A new repository, whose webhooks go to the gateway once its first commit is on {@code main}. */
    WorkingCopy repository(String name) throws IOException {
        forge.createRepository(OWNER, name);
        String fullName = OWNER + "/" + name;
        forge.grant(fullName, bot, Permission.WRITE);
        WorkingCopy copy = WorkingCopy.init(
                bench.directory().resolve("copy-" + name), forge.cloneUrl(fullName), forge.account(OWNER));
        copy.write("README.md", "A repository\n");
        copy.push("main");
        forge.addWebhook(fullName, webhooks, SECRET);
        return copy;
    }

    /** Pushes what the working copy has, and returns when the commit's final status about its images is there. */
    Push push(WorkingCopy copy, String branch) throws Exception {
        return push(copy, branch, IMAGE);
    }

    /** The same with another status. */
    Push push(WorkingCopy copy, String branch, String context) throws Exception {
        String commit = copy.push(branch);
        CommitStatus status = end(commit, context).get(LONGEST.toSeconds(), TimeUnit.SECONDS);
        if (status.state() != CommitStatus.State.SUCCESS) {
            throw new IllegalStateException("the build ended as " + status.state() + ": " + status.description());
        }
        return new Push(commit, sent(commit), status.createdAt());
    }

    private void posted(CommitStatus status) {
        for (String context : List.of(IMAGE, CI_IMAGE)) {
            if (status.state() != CommitStatus.State.PENDING && status.context().startsWith(context)) {
                end(status.sha(), context).complete(status);
            }
        }
    }

    private CompletableFuture<CommitStatus> end(String commit, String context) {
        return ends.computeIfAbsent(commit + " " + context, any -> new CompletableFuture<>());
    }

    /** When the forge began to send the webhook of a commit. It records a delivery when it was answered, which may be after the status. */
    Instant sent(String commit) throws InterruptedException {
        long deadline = System.nanoTime() + RECORDED_WITHIN.toNanos();
        while (System.nanoTime() < deadline) {
            for (Delivery delivery : forge.deliveries().reversed()) {
                if (delivery.event().equals("push")
                        && new JsonObject(delivery.payload())
                                .getString("after", "")
                                .equals(commit)) {
                    return delivery.sentAt();
                }
            }
            Thread.sleep(POLL_MILLIS);
        }
        throw new IllegalStateException("the forge has sent no webhook for the push of " + commit + ", only "
                + forge.deliveries().stream()
                        .map(delivery -> delivery.event() + " " + delivery.status() + " " + delivery.outcome())
                        .toList());
    }

    @Override
    public void close() {
        while (!parts.isEmpty()) {
            AutoCloseable part = parts.pop();
            try {
                part.close();
            } catch (Exception e) {
                bench.say(part + " did not stop: " + e);
            }
        }
    }
}
