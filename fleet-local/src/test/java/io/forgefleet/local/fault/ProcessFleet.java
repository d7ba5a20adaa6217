package io.forgefleet.local.fault;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.forgefleet.clients.registry.DockerCredentials;
import io.forgefleet.clients.registry.Registry;
import io.forgefleet.events.run.RunState;
import io.forgefleet.host.broker.BrokerOptions;
import io.forgefleet.host.broker.BrokerProcess;
import io.forgefleet.host.process.FreePort;
import io.forgefleet.host.process.ManagedProcess;
import io.forgefleet.host.process.ProcessSpec;
import io.forgefleet.host.process.Program;
import io.forgefleet.host.registry.LocalRegistry;
import io.forgefleet.runtime.projection.RunStates;
import io.forgefleet.runtime.topic.KafkaSettings;
import io.forgefleet.runtime.topic.TopicLayout;
import io.forgefleet.runtime.topic.Topics;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** Broker, registry, gateways and workers, a process each, for one forge; intervals shortened. */
final class ProcessFleet {

    static final String FORGE = "forge";
    static final String SECRET = "a secret of the test";
    static final Duration VALIDITY = Duration.ofSeconds(6);

    /** What a gateway or worker needs to be up, on a machine that is busy with other tests. */
    private static final Duration START = Duration.ofMinutes(2);

    private final Path folder;
    private final String token;
    private final Path configuration;
    private final List<ManagedProcess> processes = new ArrayList<>();
    private final LocalRegistry registry;
    private BrokerProcess broker;
    private URI management = URI.create("http://127.0.0.1:1");
    private final RunStates states;
    final List<RunState> history = new CopyOnWriteArrayList<>();

    ProcessFleet(Path folder, String kind, URI forge, String token) throws Exception {
        this.folder = folder;
        this.token = token;
        registry = LocalRegistry.start(folder.resolve("registry"), 0);
        broker = BrokerProcess.start(BrokerOptions.in(folder.resolve("kafka")), folder.resolve("kafka.log"));
        configuration = Files.writeString(folder.resolve("fleet.yml"), """
                kafka: {bootstrap: "%s"}
                dataDirectory: "%s"
                forges:
                  - {name: %s, kind: %s, url: "%s", token: "${env:TEST_TOKEN}", webhookSecrets: ["${env:TEST_SECRET}"], repositories: ["**"]}
                registries:
                  - {name: main, address: "%s", plainHttp: true}
                repositories:
                  - {match: "%s:**", images: main}
                builders:
                  - {name: engine, endpoint: "unix:///var/run/docker.sock", trust: [branch], slots: 2}
                intervals: {claimValidity: %ds, claimRenewal: 2s, claimMargin: 1s, shareLock: 5s, retryDelay: 1s, park: 2s, drain: 5s}
                """.formatted(
                        broker.bootstrap(),
                        folder.resolve("data"),
                        FORGE,
                        kind,
                        forge,
                        registry.address(),
                        FORGE,
                        VALIDITY.toSeconds()));
        KafkaSettings kafka = KafkaSettings.of(broker.bootstrap());
        Topics.ensure(kafka, TopicLayout.oneBroker());
        states = new RunStates(kafka, state -> state, history::add);
    }

    /** Says what is missing where these tests cannot run. */
    static void assumeParts() {
        assumeTrue(Program.onPath("docker").isPresent(), "skipped: there is no docker here to build with");
        assumeTrue(Files.exists(Path.of("/var/run/docker.sock")), "skipped: no engine listens on /var/run/docker.sock");
        assumeTrue(
                Files.isExecutable(WorkingCopy.BUSYBOX),
                "skipped: /bin/busybox is missing (apt-get install busybox-static), images are made of it");
    }

    /** Starts a gateway and returns where webhooks go to. */
    URI startGateway() throws Exception {
        int port = FreePort.find();
        start("gateway", "io.forgefleet.gateway.Main", Map.of("FLEET_LISTEN_WEBHOOKS", "127.0.0.1:" + port));
        return URI.create("http://127.0.0.1:" + port + "/webhooks/" + FORGE);
    }

    ManagedProcess startWorker() throws Exception {
        return startWorker(Map.of());
    }

    /** @param further variables over its configuration */
    ManagedProcess startWorker(Map<String, String> further) throws Exception {
        Map<String, String> environment = new HashMap<>(further);
        environment.put(
                "FLEET_DATA_DIRECTORY",
                folder.resolve("data-" + processes.size()).toString());
        return start("worker", "io.forgefleet.build.Main", environment);
    }

    /** The management address of the process that was started last. */
    URI management() {
        return management;
    }

    private ManagedProcess start(String name, String main, Map<String, String> further) throws Exception {
        int port = FreePort.find();
        management = URI.create("http://127.0.0.1:" + port);
        Map<String, String> environment = new HashMap<>(further);
        environment.put("FLEET_CONFIG", configuration.toString());
        environment.put("FLEET_LISTEN_MANAGEMENT", "127.0.0.1:" + port);
        environment.put("TEST_TOKEN", token);
        environment.put("TEST_SECRET", SECRET);
        ManagedProcess process = ManagedProcess.start(ProcessSpec.of(
                        name,
                        folder.resolve(name + "-" + processes.size() + ".log"),
                        List.of(
                                Program.java().toString(),
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "--enable-native-access=ALL-UNNAMED",
                                "--sun-misc-unsafe-memory-access=allow",
                                "-cp",
                                System.getProperty("java.class.path"),
                                main))
                .with(environment));
        processes.add(process);
        process.awaitOk(management.resolve("/health/ready"), START);
        return process;
    }

    void killBroker() {
        broker.kill();
    }

    void startBrokerAgain() throws InterruptedException {
        broker = BrokerProcess.start(broker.options(), folder.resolve("kafka-again.log"));
    }

    Registry registry() {
        return new Registry(registry.address(), true, DockerCredentials.ofThisProcess(), Duration.ofSeconds(10));
    }

    /** Where images go. */
    String address() {
        return registry.address();
    }

    /** States of all runs that ended for good. */
    List<RunState> ended() {
        return states.all().stream().filter(RunState::isFinal).toList();
    }

    /** Whether a run is building at this moment, by this many epochs so far. */
    boolean isBuilding(int epochs) {
        List<RunState> building = history.stream()
                .filter(state -> state.steps().stream()
                        .anyMatch(step -> step.name().startsWith("build") && step.ended() == null))
                .toList();
        return building.stream().map(RunState::epoch).distinct().count() == epochs;
    }

    /** How often a build was begun, by whomever. */
    long buildsBegun() {
        return history.stream()
                .filter(state ->
                        state.steps().stream().anyMatch(step -> step.name().startsWith("build")))
                .map(state -> state.run() + "@" + state.epoch() + "#" + state.attempt())
                .distinct()
                .count();
    }

    /** At once: how services and brokers stop in order is other tests' matter, and takes them seconds each. */
    void stop() {
        processes.forEach(ManagedProcess::kill);
        states.close();
        broker.kill();
        registry.close();
    }
}
