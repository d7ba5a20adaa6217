package io.forgefleet.gateway.write;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.forgefleet.clients.registry.Artifact;
import io.forgefleet.clients.registry.DockerCredentials;
import io.forgefleet.clients.registry.Manifest;
import io.forgefleet.clients.registry.Registry;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.EventId;
import io.forgefleet.events.ForgeEvent;
import io.forgefleet.events.PullRequestEvent;
import io.forgefleet.events.PushEvent;
import io.forgefleet.events.RefName;
import io.forgefleet.events.RepositoryId;
import io.forgefleet.events.image.Attachment;
import io.forgefleet.events.image.Digest;
import io.forgefleet.events.job.Job;
import io.forgefleet.events.job.RunId;
import io.forgefleet.events.job.WorkerKind;
import io.forgefleet.events.run.Outcome;
import io.forgefleet.events.run.Outcome.Reason;
import io.forgefleet.events.run.RunState;
import io.forgefleet.gateway.GatewayKafka;
import io.forgefleet.host.registry.LocalRegistry;
import io.forgefleet.host.registry.RegistryProgram;
import io.forgefleet.host.registry.SmallImages;
import io.forgefleet.runtime.config.FleetConfig;
import io.forgefleet.runtime.projection.RunStates;
import io.forgefleet.runtime.topic.KafkaSettings;
import io.forgefleet.runtime.topic.RecordPublisher;
import io.forgefleet.runtime.topic.Topic;
import io.forgefleet.runtime.topic.TopicLayout;
import io.forgefleet.runtime.topic.Topics;
import io.forgefleet.work.place.Registries;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a scan run left, from a real registry by way of a real broker to a forge that speaks GitHub's protocol. */
class ReportTest {

    private static final String SARIF = "{\"version\":\"2.1.0\",\"runs\":[]}";
    private static final CommitId COMMIT = new CommitId("1234567890123456789012345678901234567890");
    private static final String AWAY = "503 {\"message\":\"No server is currently available\"}";

    @TempDir
    static Path folder;

    private static final List<RunState> HISTORY = new CopyOnWriteArrayList<>();
    private static LocalRegistry registry;
    private static CodeScanning forge;
    private static RecordPublisher publisher;
    private static RunStates states;
    private static List<WriteService> services = List.of();
    private static Attachment findings;

    @BeforeAll
    static void start() throws Exception {
        assumeTrue(RegistryProgram.findAny().isPresent(), "neither registry nor docker-registry is on the PATH");
        registry = LocalRegistry.start(folder.resolve("registry"), 0);
        forge = new CodeScanning();
        FleetConfig config = FleetConfig.parse(
                """
                forges:
                - {name: hub, kind: github, url: "%s", token: "${env:TOKEN}", repositories: ["team/*"]}
                - {name: other, kind: github, url: "%s", repositories: ["team/*"]}
                registries: [{name: main, address: "%s", plainHttp: true}]
                intervals: {shareLock: 2s, shareHeartbeat: 500ms, claimValidity: 4s, claimRenewal: 1s,
                            claimMargin: 800ms, retryDelay: 50ms, park: 200ms}
                """.formatted(forge.url(), forge.url(), registry.address()), Map.of("TOKEN", CodeScanning.TOKEN));
        findings = kept(SARIF.getBytes(UTF_8));
        KafkaSettings kafka = GatewayKafka.tenant();
        Topics.ensure(kafka, new TopicLayout(3, 1, List.of(WriteService.shareGroups(config))));
        publisher = new RecordPublisher(kafka);
        states = new RunStates(kafka, state -> state, HISTORY::add);
        services = WriteService.start(
                config,
                kafka,
                new Registries(config, DockerCredentials.ofThisProcess()),
                URI.create("http://fleet.example"),
                new SimpleMeterRegistry());
        assertThat(services).extracting(WriteService::name).containsExactly("pin", "report");
    }

    @AfterAll
    static void stop() throws Exception {
        for (WriteService service : services) {
            service.stop(Duration.ZERO);
        }
        if (states != null) {
            states.close();
            publisher.close();
        }
        if (forge != null) {
            forge.close();
            registry.close();
        }
    }

    private static Attachment kept(byte[] content) throws Exception {
        Registry client =
                new Registry(registry.address(), true, DockerCredentials.ofThisProcess(), Duration.ofSeconds(10));
        Manifest image = client.get(
                "team/app", new SmallImages(registry.address(), "team/app").push(folder, "linux/amd64", Map.of()));
        Artifact.Pushed pushed = new Artifact("application/sarif+json", "scan.sarif", image)
                .push(client, "team/app", "report", content, folder);
        return new Attachment(
                "scan.sarif",
                "application/sarif+json",
                registry.address() + "/team/app",
                pushed.file(),
                content.length);
    }

    @Test
    void findingsOfABranchAndOfAPullRequestAreUploadedOnceEach() throws Exception {
        PushEvent push = pushed("hub", "team/branch", Instant.now());
        Job job = job(push, findings);
        leave(job);
        assertThat(ended(job).message()).startsWith("in the code scanning of team/branch, upload 47177e22");
        leave(job);
        PullRequestEvent pull = new PullRequestEvent(
                EventId.derive(push.repository(), "#7", "", COMMIT.value(), "opened", ""),
                push.repository(),
                7,
                PullRequestEvent.Action.OPENED,
                COMMIT,
                "feature",
                RefName.branch("main"),
                true,
                false,
                "stranger",
                Instant.now());
        Job other = job(pull, findings);
        leave(other);
        assertThat(ended(other).reason()).isEqualTo(Reason.SUCCEEDED);
        assertThat(forge.uploads("team/branch"))
                .as("that of the same scan is not told twice")
                .extracting(CodeScanning.Upload::ref)
                .containsExactly("refs/heads/main", "refs/pull/7/head");
        CodeScanning.Upload upload = forge.uploads("team/branch").getFirst();
        assertThat(upload.commit()).isEqualTo(COMMIT.value());
        assertThat(upload.sarif()).hasToString(SARIF);
    }

    @Test
    void aForgeThatIsAwayForLongerGetsThemWhenItIsBack() throws Exception {
        forge.refuse("team/away", AWAY, "429 {}", AWAY, AWAY, AWAY);
        Job job = job(pushed("hub", "team/away", Instant.now()), findings);
        leave(job);
        assertThat(ended(job).reason()).as(ended(job).message()).isEqualTo(Reason.SUCCEEDED);
        assertThat(forge.uploads("team/away")).hasSize(6);
        assertThat(HISTORY)
                .as("the slot is left to others meanwhile")
                .anyMatch(state -> state.run().equals(job.run()) && state.phase() == RunState.Phase.PARKED);
    }

    @Test
    void whatIsTooOldIsNotTriedForEver() throws Exception {
        forge.refuse("team/old", AWAY, AWAY, AWAY, AWAY, AWAY, AWAY);
        Job job = job(pushed("hub", "team/old", Instant.now().minus(Duration.ofHours(25))), findings);
        leave(job);
        assertThat(ended(job).reason()).isEqualTo(Reason.FAILED);
        assertThat(ended(job).message()).startsWith("not uploaded, and not tried any more: could not upload");
        assertThat(forge.uploads("team/old")).hasSize(3);
    }

    @ParameterizedTest
    @CsvSource({"403, SKIPPED", "404, SKIPPED", "401, SKIPPED", "413, FAILED", "422, FAILED"})
    void aForgeThatRefusesIsAskedOnceAndSaysWhy(int status, Reason reason) throws Exception {
        String repository = "team/refuses-" + status;
        forge.refuse(repository, status + " {\"message\":\"Code scanning is not enabled\"}");
        Job job = job(pushed("hub", repository, Instant.now()), findings);
        leave(job);
        assertThat(ended(job).reason()).isEqualTo(reason);
        assertThat(ended(job).message())
                .startsWith("not uploaded: could not upload findings")
                .contains("Code scanning is not enabled")
                .doesNotContain(CodeScanning.TOKEN);
        assertThat(forge.uploads(repository)).hasSize(1);
    }

    @Test
    void findingsThatTheForgeCannotUseFail() throws Exception {
        forge.process("team/unread", "{\"processing_status\":\"failed\",\"errors\":[\"too many runs\"]}");
        Job job = job(pushed("hub", "team/unread", Instant.now()), findings);
        leave(job);
        assertThat(ended(job).reason()).isEqualTo(Reason.FAILED);
        assertThat(ended(job).message()).startsWith("not shown: ").endsWith("too many runs");
    }

    @Test
    void whatIsGoneOrTooLargeOrHasNoTokenIsNotUploaded() throws Exception {
        Digest nothing = new Digest("sha256:" + "0".repeat(64));
        Attachment gone = new Attachment(findings.name(), findings.mediaType(), findings.repository(), nothing, 10);
        Attachment large = new Attachment(
                findings.name(),
                findings.mediaType(),
                findings.repository(),
                findings.digest(),
                ReportWorker.MOST_BYTES + 1);
        Job ofGone = job(pushed("hub", "team/gone", Instant.now()), gone);
        Job ofLarge = job(pushed("hub", "team/large", Instant.now()), large);
        Job elsewhere = job(pushed("other", "team/other", Instant.now()), findings);
        for (Job job : List.of(ofGone, ofLarge, elsewhere)) {
            leave(job);
        }
        assertThat(ended(ofGone).message()).startsWith("not uploaded: could not download");
        assertThat(ended(ofGone).reason()).isEqualTo(Reason.SKIPPED);
        assertThat(ended(ofLarge).message())
                .contains("more than 16777216", findings.digest().value());
        assertThat(ended(ofLarge).reason()).isEqualTo(Reason.FAILED);
        assertThat(ended(elsewhere).message()).contains("forge other has no token");
        assertThat(List.of("team/gone", "team/large", "team/other"))
                .allSatisfy(repository -> assertThat(forge.uploads(repository)).isEmpty());
    }

    private static PushEvent pushed(String forge, String repository, Instant at) {
        RepositoryId id = new RepositoryId(forge, repository);
        RefName ref = RefName.branch("main");
        return new PushEvent(
                EventId.derive(id, ref.value(), "", COMMIT.value(), "push", ""),
                id,
                ref,
                PushEvent.Change.CREATED,
                null,
                COMMIT,
                "ann",
                at);
    }

    private static Job job(ForgeEvent event, Attachment file) {
        RunId scan = RunId.derive(event.id().value(), "build", "scan", "");
        return Job.follow(scan, WorkerKind.REPORT, "code-scanning", event, List.of(), List.of(file), Instant.now());
    }

    private static void leave(Job job) throws InterruptedException {
        String key = job.event().repository().toString();
        GatewayKafka.write(publisher, Topic.JOBS, key, key, job);
    }

    private static Outcome ended(Job job) {
        RunState state = await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> Optional.ofNullable(states.get(job.run())).filter(RunState::isFinal), Optional::isPresent)
                .orElseThrow();
        return Objects.requireNonNull(state.outcome());
    }
}
