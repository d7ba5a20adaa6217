package io.forgefleet.local.demo.site;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.engine.Engine;
import io.forgefleet.clients.registry.DockerCredentials;
import io.forgefleet.clients.registry.Registry;
import io.forgefleet.host.forge.LocalForge;
import io.forgefleet.host.forge.repository.Account;
import io.forgefleet.host.forge.repository.Permission;
import io.forgefleet.host.process.FreePort;
import io.forgefleet.host.registry.LocalRegistry;
import io.forgefleet.local.console.CommandFailure;
import io.forgefleet.local.server.FleetServer;
import io.forgefleet.local.up.LocalFleet;
import io.forgefleet.local.up.TrustEngines;
import io.forgefleet.runtime.config.ConfigException;
import io.forgefleet.runtime.config.FleetConfig;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A forge, a registry and a fleet of this process's own, on free ports of loopback. */
public final class DemoSite implements AutoCloseable {

    /** Something to end. */
    @FunctionalInterface
    private interface End {
        void end() throws IOException, ClientException, InterruptedException;
    }

    private static final Logger LOG = LoggerFactory.getLogger(DemoSite.class);

    /** Who owns what the story is about. */
    public static final String OWNER = "team";

    /** The one repository whose pull requests are scanned. */
    public static final String SCANNED = "kiosk";

    /** The one repository that has releases. */
    public static final String RELEASED = "gazette";

    private static final String FORGE = "demo";
    private static final String FLEET = "fleet";
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final Path folder;
    private final Map<String, String> environment;
    private final String secret = UUID.randomUUID().toString();
    private final Deque<End> ends = new ArrayDeque<>();
    private final List<String> used = new ArrayList<>();
    private final LocalForge forge;
    private final LocalRegistry images;
    private final Registry registry;
    private final FleetConfig defaults;
    private final TrustEngines engines;
    private final SecurityTools tools;
    private final LocalFleet fleet;
    private final FleetServer server;

    private DemoSite(Path folder, Map<String, String> environment)
            throws CommandFailure, ClientException, IOException, InterruptedException {
        this.folder = folder;
        this.environment = Map.copyOf(environment);
        try {
            DockerCredentials credentials = DockerCredentials.ofThisProcess();
            engines = TrustEngines.starting(folder);
            ends.push(engines::end);
            defaults = defaults(environment);
            tools = SecurityTools.find(defaults, environment);
            images = LocalRegistry.start(folder.resolve("registry"), 0);
            ends.push(images::close);
            registry = new Registry(images.address(), true, credentials, TIMEOUT);
            forge = LocalForge.start(folder.resolve("forge"), 0);
            ends.push(forge::close);
            String endpoint = defaults.builders().getFirst().endpoint().toString();
            Engine engine = new Engine(endpoint, null, credentials, TIMEOUT);
            ends.push(engine::close);
            ends.push(() -> removeUsed(engine));
            BaseImage base = new BaseImage(endpoint, images.address(), registry);
            FutureTask<String> made = new FutureTask<>(() -> base.make(folder.resolve("base"), environment));
            Thread making = Thread.ofVirtual().name("base-image").start(made);
            ends.push(making::interrupt);
            fleet = LocalFleet.start(configuration(base.name(), endpoint));
            ends.push(fleet::stop);
            await(made);
            server = new FleetServer(fleet.managementUrl(), "");
            ends.push(server::close);
        } catch (CommandFailure | ClientException | IOException | InterruptedException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /** Starts all of it; what was started ends again when something does not start. */
    public static DemoSite start(Path folder, Map<String, String> environment)
            throws CommandFailure, ClientException, IOException, InterruptedException {
        return new DemoSite(folder, environment);
    }

    private static void await(FutureTask<String> task)
            throws CommandFailure, ClientException, IOException, InterruptedException {
        try {
            task.get();
        } catch (ExecutionException e) {
            Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
            switch (cause) {
                case CommandFailure failure -> throw failure;
                case ClientException failure -> throw failure;
                case IOException failure -> throw failure;
                default -> throw new IllegalStateException("the base image was not made: " + cause, cause);
            }
        }
    }

    /** One build at a time, so that of two that share steps each shows which of them it found done. */
    private FleetConfig configuration(String base, String engine)
            throws CommandFailure, ClientException, IOException, InterruptedException {
        Map<String, String> variables = new HashMap<>();
        variables.put("DEMO_TOKEN", forge.account(FLEET).token());
        variables.put("DEMO_SECRET", secret);
        try {
            return FleetConfig.parse(
                    """
                    listen: {webhooks: "127.0.0.1:%d", management: "127.0.0.1:%d"}
                    dataDirectory: "%s"
                    forges:
                      - {name: %s, kind: forgejo, url: "%s", token: "${env:DEMO_TOKEN}",
                         webhookSecrets: ["${env:DEMO_SECRET}"], repositories: ["team/*"]}
                    registries:
                      - {name: main, address: "%s", plainHttp: true}
                    repositories:
                    %s  - {match: "%s:team/*", images: main, imageTar: on, baseImages: {"busybox:1": "%s"}}
                    builders:
                      - {name: engine, endpoint: "%s", trust: [branch], slots: 1}
                    %s%sretention: {least: 1s, grace: 1s, sweep: 5s}
                    intervals: {drain: 2s}
                    """.formatted(
                                    FreePort.find(),
                                    FreePort.find(),
                                    folder.resolve("data"),
                                    FORGE,
                                    forge.url(),
                                    images.address(),
                                    tools.rules(FORGE + ":" + OWNER + "/"),
                                    FORGE,
                                    base,
                                    engine,
                                    engines.builders(),
                                    tools.settings(folder)),
                    variables);
        } catch (ConfigException e) {
            throw new CommandFailure("the demo's own configuration is wrong: " + e.getMessage(), "please report it", e);
        }
    }

    /** What holds on this machine without a configuration. */
    private static FleetConfig defaults(Map<String, String> environment) throws CommandFailure {
        try {
            return FleetConfig.parse("{}", Map.of("DOCKER_HOST", environment.getOrDefault("DOCKER_HOST", "")));
        } catch (ConfigException e) {
            throw new CommandFailure("DOCKER_HOST cannot be used: " + e.getMessage(), "unset it", e);
        }
    }

    private void removeUsed(Engine engine) throws ClientException, InterruptedException {
        for (String image : used) {
            engine.remove(image);
        }
    }

    /** A new repository that somebody works in, and the fleet posts statuses to. */
    public void createRepository(String owner, String name, Account developer) {
        forge.createRepository(owner, name);
        forge.grant(owner + "/" + name, developer, Permission.WRITE);
        // who may write, and so may have strangers' code built, only an administrator may ask
        forge.grant(owner + "/" + name, forge.account(FLEET), Permission.ADMIN);
    }

    /** An image that the engine pulls for this demo alone, by its digest; it goes with the demo. */
    public void uses(String image) {
        used.add(image);
    }

    public Map<String, String> environment() {
        return environment;
    }

    public LocalForge forge() {
        return forge;
    }

    public Registry registry() {
        return registry;
    }

    public FleetServer server() {
        return server;
    }

    /** Why there is no builder for strangers; empty when there is one. */
    public String strangersObstacle() {
        return engines.obstacle();
    }

    /** Why nothing can be scanned, and what to do; empty when it can. */
    public String scanObstacle() {
        return tools.scanObstacle();
    }

    /** Why nothing can be released, and what to do; empty when it can. */
    public String releaseObstacle() {
        return tools.releaseObstacle();
    }

    /** The public half of the key that signs releases. */
    public Path publicKey() {
        return SecurityTools.publicKey(folder);
    }

    public String registryAddress() {
        return images.address();
    }

    public URI pages() {
        return fleet.managementUrl();
    }

    public URI page(String run) {
        return fleet.managementUrl().resolve("/runs/" + run);
    }

    public URI webhook() {
        return fleet.webhookUrl(FORGE);
    }

    public String webhookSecret() {
        return secret;
    }

    /** Ends everything, the last started first; a part that fails to end does not keep the others. */
    @Override
    public void close() {
        while (!ends.isEmpty()) {
            try {
                ends.pop().end();
            } catch (IOException | ClientException | RuntimeException e) {
                LOG.warn("a part of the demo did not end well", e);
            } catch (InterruptedException e) {
                LOG.info("a part of the demo was interrupted while it ended");
            }
        }
    }
}
