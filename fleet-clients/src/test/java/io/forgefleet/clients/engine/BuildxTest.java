package io.forgefleet.clients.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.engine.BuildRequest.Product;
import io.forgefleet.clients.registry.DockerCredentials;
import io.forgefleet.clients.registry.Manifest;
import io.forgefleet.clients.registry.Registry;
import io.forgefleet.clients.registry.RegistryProcess;
import io.forgefleet.events.image.Digest;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On the real engine of this machine. */
class BuildxTest {

    private static final String ENDPOINT = "unix:///var/run/docker.sock";
    private static final Path BUSYBOX = Path.of("/bin/busybox");

    @TempDir
    Path folder;

    private final String unique = UUID.randomUUID().toString();
    private final List<BuildEvent> events = Collections.synchronizedList(new ArrayList<>());
    private Path context;
    private Engine engine;
    private Buildx buildx;
    private DockerCredentials credentials;

    @BeforeEach
    void start() throws Exception {
        Assumptions.assumeTrue(
                Files.isExecutable(BUSYBOX), "busybox-static is not installed: no base for images without a pull");
        credentials = new DockerCredentials(folder.resolve("config.json"), Map.of());
        engine = new Engine(ENDPOINT, null, credentials, Duration.ofSeconds(30));
        boolean containerd;
        try {
            containerd = engine.info().containerdStore();
        } catch (ClientException e) {
            containerd = false;
        }
        Assumptions.assumeTrue(containerd, "no Docker engine with containerd's image store answers at " + ENDPOINT);
        buildx = Buildx.ofEngine(ENDPOINT, null, System.getenv());
        context = Files.createDirectory(folder.resolve("context"));
        Files.copy(BUSYBOX, context.resolve("busybox"));
    }

    @AfterEach
    void stop() throws Exception {
        engine.close();
    }

    private void dockerfile(String... lines) throws IOException {
        Files.writeString(context.resolve("Dockerfile"), String.join("\n", lines) + "\n");
    }

    private BuildRequest request(String image, List<String> cacheFrom, List<String> cacheTo, boolean noCache) {
        return new BuildRequest(
                List.of(target("app", "Dockerfile", image, cacheFrom, cacheTo)),
                Product.PUSHED_BY_DIGEST,
                null,
                noCache,
                false,
                Duration.ofMinutes(2));
    }

    private BuildTarget target(
            String name, String dockerfile, String image, List<String> cacheFrom, List<String> cacheTo) {
        return new BuildTarget(
                name,
                context,
                context.resolve(dockerfile),
                image,
                Map.of("io.forgefleet.run", "run, \"one\""),
                Map.of("io.forgefleet.run", unique, "template", "${x} %{y}"),
                Instant.ofEpochSecond(1_700_000_000),
                Map.of(),
                Map.of(),
                Map.of("word", "s3cret"),
                cacheFrom,
                cacheTo,
                List.of(),
                null);
    }

    private BuildResult build(String image) throws Exception {
        return buildx.build(request(image, List.of(), List.of(), false), events::add);
    }

    private List<String> lines() {
        return List.copyOf(events).stream()
                .filter(BuildEvent.LogLine.class::isInstance)
                .map(event -> ((BuildEvent.LogLine) event).line())
                .toList();
    }

    @Test
    void pushesTheBytesThatItBuiltWithoutATag() throws Exception {
        dockerfile(
                "FROM scratch",
                "COPY busybox /bin/busybox",
                "RUN --mount=type=secret,id=word [\"/bin/busybox\", \"sh\", \"-c\", \"echo " + unique
                        + "; echo; /bin/busybox wc -c < /run/secrets/word; /bin/busybox printf end >&2\"]");
        try (RegistryProcess process = RegistryProcess.any(folder)) {
            String repository = process.host() + "/team/app";
            BuildResult result = build(repository + ":one");
            assertThat(result).isInstanceOf(BuildResult.Built.class);
            Digest digest = ((BuildResult.Built) result).digests().get("app");
            assertThat(result.report().steps()).isEqualTo(2);
            assertThat(lines()).containsSubsequence(unique, "", "6").contains("end");

            Registry registry = new Registry(process.host(), true, credentials, Duration.ofSeconds(10));
            assertThat(registry.tags("team/app", 10))
                    .as("the tag is the worker's to give")
                    .isEmpty();
            Manifest manifest = registry.get("team/app", digest.value());
            assertThat(manifest.annotations()).containsEntry("io.forgefleet.run", "run, \"one\"");
            assertThat(registry.labels("team/app", manifest))
                    .containsEntry("io.forgefleet.run", unique)
                    .containsEntry("template", "${x} %{y}");
        }
    }

    @Test
    void countsCachedStepsAndReadsTheRegistrysCache() throws Exception {
        dockerfile(
                "FROM scratch AS base",
                // a step that another build of the moment has too may be told by the name that it has there
                "COPY busybox /" + unique + "/busybox",
                "RUN [\"/" + unique + "/busybox\", \"touch\", \"/one\"]",
                "FROM base",
                "RUN [\"/" + unique + "/busybox\", \"touch\", \"/two\"]");
        try (RegistryProcess process = RegistryProcess.any(folder)) {
            String cache = process.host() + "/team/app:buildcache-x";
            String image = process.host() + "/team/app:one";
            BuildResult cold = buildx.build(request(image, List.of(cache), List.of(cache), false), events::add);
            assertThat(cold.report().cachedSteps()).isLessThan(3);
            assertThat(cold.report().warnings()).anyMatch(warning -> warning.startsWith("importing cache"));
            BuildResult warm = build(image);
            assertThat(warm.report().steps()).isEqualTo(3);
            assertThat(warm.report().cachedSteps()).isEqualTo(3);
            BuildResult again = buildx.build(request(image, List.of(cache), List.of(), true), events::add);
            assertThat(again.report().cachedSteps()).isZero();
            Registry registry = new Registry(process.host(), true, credentials, Duration.ofSeconds(10));
            assertThat(registry.digest("team/app", "buildcache-x")).isPresent();
        }
    }

    @Test
    void stepsThatTwoImagesShareRunOnce() throws Exception {
        String shared = "FROM scratch AS base\nCOPY busybox /bin/busybox\nENV U=" + unique
                + "\nRUN [\"/bin/busybox\", \"sh\", \"-c\", \"/bin/busybox date +%s%N > /once\"]\nFROM base\n";
        dockerfile(shared + "RUN [\"/bin/busybox\", \"touch\", \"/cli\"]");
        Files.writeString(
                context.resolve("Dockerfile.server"), shared + "RUN [\"/bin/busybox\", \"touch\", \"/server\"]\n");
        try (RegistryProcess process = RegistryProcess.any(folder)) {
            List<BuildTarget> targets = new ArrayList<>();
            for (String name : List.of("cli", "server")) {
                String image = process.host() + "/team/" + name + ":one";
                targets.add(target(
                        name, name.equals("cli") ? "Dockerfile" : "Dockerfile.server", image, List.of(), List.of()));
            }
            BuildRequest both =
                    new BuildRequest(targets, Product.PUSHED_BY_DIGEST, null, false, false, Duration.ofMinutes(2));
            BuildResult result = buildx.build(both, events::add);
            Map<String, Digest> digests = new HashMap<>();
            assertThat(result).isInstanceOfSatisfying(BuildResult.Built.class, built -> {
                assertThat(built.digests()).containsOnlyKeys("cli", "server");
                digests.putAll(built.digests());
                assertThat(built.report().firstRun()).matches("\\[(cli|server) base 2/2] RUN.*");
            });
            Registry registry = new Registry(process.host(), true, credentials, Duration.ofSeconds(10));
            List<List<Digest>> layers = new ArrayList<>();
            for (String name : List.of("cli", "server")) {
                layers.add(
                        registry.get("team/" + name, digests.get(name).value()).layers());
            }
            assertThat(layers.getFirst().subList(0, 2))
                    .as("base and what wrote the time")
                    .isEqualTo(layers.getLast().subList(0, 2));

            String cache = process.host() + "/team/cli:buildcache-x";
            BuildTarget withCache = targets.getFirst().withCacheTo(List.of(cache));
            BuildResult caches = buildx.build(both.cachesOnly(List.of(withCache)), events::add);
            assertThat(caches.report().allCached()).isTrue();
            assertThat(registry.digest("team/cli", "buildcache-x")).isPresent();
        }
    }

    @Test
    void warnsOfACacheThatCannotBeWritten() throws Exception {
        dockerfile("FROM scratch", "COPY busybox /bin/busybox");
        String nowhere = "127.0.0.1:1/team/app:buildcache-x";
        BuildRequest request = request("forgefleet.test/a:" + unique, List.of(), List.of(), false);
        BuildTarget target = request.targets().getFirst().withCacheTo(List.of(nowhere));
        BuildResult result = buildx.build(request.cachesOnly(List.of(target)), events::add);
        assertThat(result).isInstanceOf(BuildResult.Built.class);
        assertThat(result.report().warnings()).anyMatch(warning -> warning.startsWith("exporting cache"));
    }

    @Test
    void aCommandThatFailsIsAnOutcomeWithItsLastLines() throws Exception {
        dockerfile(
                "FROM scratch",
                "COPY busybox /bin/busybox",
                "RUN [\"/bin/busybox\", \"sh\", \"-c\", \"for i in $(/bin/busybox seq 1 50); do echo connection refused $i; done; exit 3\"]");
        BuildResult result = build("forgefleet.test/a:" + unique);
        assertThat(result).isInstanceOfSatisfying(BuildResult.Failed.class, failed -> {
            assertThat(failed.step()).startsWith("[2/2] RUN");
            assertThat(failed.error()).endsWith("exit code: 3");
            assertThat(failed.lastLines()).hasSize(20).endsWith("connection refused 50");
        });
    }

    @Test
    void aWrongDockerfileIsAnOutcome() throws Exception {
        dockerfile("FORM scratch");
        assertThat(build("forgefleet.test/a:" + unique))
                .isInstanceOfSatisfying(BuildResult.Failed.class, failed -> assertThat(failed.error())
                        .contains("unknown instruction"));
        dockerfile("FROM scratch", "COPY no-such-file /");
        assertThat(build("forgefleet.test/a:" + unique))
                .isInstanceOfSatisfying(BuildResult.Failed.class, failed -> assertThat(failed.error())
                        .contains("not found"));
        Files.delete(context.resolve("Dockerfile"));
        assertThat(build("forgefleet.test/a:" + unique)).isInstanceOf(BuildResult.Failed.class);
    }

    @Test
    void aBaseImageThatCannotBePulledNowIsWorthAnotherAttempt() throws Exception {
        dockerfile("FROM 127.0.0.1:1/base:1");
        assertThatThrownBy(() -> build("forgefleet.test/a:" + unique))
                .isInstanceOfSatisfying(
                        ClientException.class, e -> assertThat(e.retryable()).isTrue())
                .hasMessageContaining("connection refused");
    }

    @Test
    void anEngineThatIsAwayIsWorthAnotherAttempt() throws Exception {
        dockerfile("FROM scratch");
        buildx = Buildx.ofEngine("unix://" + folder.resolve("none.sock"), null, System.getenv());
        assertThatThrownBy(() -> build("forgefleet.test/a:" + unique))
                .isInstanceOfSatisfying(
                        ClientException.class, e -> assertThat(e.retryable()).isTrue());
        try (Engine away =
                new Engine("unix://" + folder.resolve("none.sock"), null, credentials, Duration.ofSeconds(5))) {
            assertThatThrownBy(away::ping)
                    .isInstanceOfSatisfying(ClientException.class, e -> assertThat(e.retryable())
                            .isTrue())
                    .hasMessageContaining("could not reach the engine");
        }
    }

    @Test
    void aRegistryThatIsAwayFailsThePushForNow() throws Exception {
        dockerfile("FROM scratch", "COPY busybox /bin/busybox");
        assertThatThrownBy(() -> build("127.0.0.1:1/a:one"))
                .isInstanceOfSatisfying(
                        ClientException.class, e -> assertThat(e.retryable()).isTrue())
                .hasMessageContaining("connection refused");
    }

    @Test
    void whatAnswersAndIsNoEngineIsSaidAtOnce() throws Exception {
        dockerfile("FROM scratch");
        try (RegistryProcess process = RegistryProcess.any(folder)) {
            buildx = Buildx.ofEngine("tcp://" + process.host(), null, System.getenv());
            assertThatThrownBy(() -> build("forgefleet.test/a:" + unique))
                    .isInstanceOfSatisfying(
                            ClientException.class, e -> assertThat(e.kind()).isEqualTo(ClientException.Kind.BROKEN))
                    .hasMessageContaining("does not speak gRPC but answers: HTTP/1.1 404");
        }
    }

    @Test
    void anEngineThatTakesConnectionsAndSaysNothingIsNotWaitedForLong() throws Exception {
        dockerfile("FROM scratch");
        Path socket = folder.resolve("silent.sock");
        try (ServerSocketChannel silent = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            silent.bind(UnixDomainSocketAddress.of(socket));
            buildx = Buildx.ofEngine("unix://" + socket, null, System.getenv());
            assertThatThrownBy(() -> build("forgefleet.test/a:" + unique))
                    .isInstanceOfSatisfying(
                            ClientException.class, e -> assertThat(e.kind()).isEqualTo(ClientException.Kind.BROKEN))
                    .hasMessageContaining("no answer within");
        }
    }

    @Test
    void endsTheStepInTheEngineAtInterrupt() throws Exception {
        String seconds = String.valueOf(ThreadLocalRandom.current().nextInt(100_000_000, 999_999_999));
        dockerfile(
                "FROM scratch",
                "COPY busybox /bin/busybox",
                "RUN [\"/bin/busybox\", \"sh\", \"-c\", \"echo begun; exec /bin/busybox sleep " + seconds + "\"]");
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread thread = Thread.ofVirtual().start(() -> {
            try {
                build("forgefleet.test/a:" + unique);
            } catch (Exception e) {
                thrown.set(e);
            }
        });
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> lines().contains("begun"));
        Awaitility.await().until(() -> !processes(seconds).isEmpty());
        thread.interrupt();
        thread.join();
        assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
        Awaitility.await().atMost(Duration.ofSeconds(5)).until(() -> processes(seconds)
                .isEmpty());
    }

    private static List<String> processes(String word) {
        return ProcessHandle.allProcesses()
                .map(handle -> handle.info().commandLine().orElse(""))
                .filter(line -> line.endsWith("sleep " + word))
                .toList();
    }
}
