package io.forgefleet.gateway.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.forgefleet.clients.registry.DockerCredentials;
import io.forgefleet.events.image.Digest;
import io.forgefleet.events.image.PushedImage;
import io.forgefleet.events.job.WorkerKind;
import io.forgefleet.events.run.Outcome;
import io.forgefleet.events.run.RunState;
import io.forgefleet.events.run.RunSubject;
import io.forgefleet.events.wire.Json;
import io.forgefleet.gateway.SampleRuns;
import io.forgefleet.host.broker.BrokerOptions;
import io.forgefleet.host.broker.EmbeddedBroker;
import io.forgefleet.host.registry.LocalRegistry;
import io.forgefleet.host.registry.RegistryProgram;
import io.forgefleet.host.registry.SmallImages;
import io.forgefleet.runtime.config.FleetConfig;
import io.forgefleet.runtime.topic.KafkaSettings;
import io.forgefleet.runtime.topic.RecordPublisher;
import io.forgefleet.runtime.topic.Topic;
import io.forgefleet.runtime.topic.TopicLayout;
import io.forgefleet.runtime.topic.Topics;
import io.forgefleet.work.place.Registries;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is known of a commit's template databases, from a real broker and a real registry. */
class TemplatesTest {

    @TempDir
    Path folder;

    @Test
    void tellsWhereADatabaseIsOrWhyThereIsNone() throws Exception {
        assumeTrue(RegistryProgram.findAny().isPresent(), "neither registry nor docker-registry is on the PATH");
        try (LocalRegistry registry = LocalRegistry.start(folder.resolve("registry"), 0);
                EmbeddedBroker broker = EmbeddedBroker.start(BrokerOptions.in(folder.resolve("kafka")))) {
            KafkaSettings kafka = KafkaSettings.of(broker.bootstrap());
            Topics.ensure(kafka, new TopicLayout(1, 1, List.of()));
            FleetConfig config = FleetConfig.parse(
                    "registries: [{name: main, address: \"outside.example/x\", api: \"%s/x\", plainHttp: true}]"
                            .formatted(registry.address()),
                    Map.of());
            String there = new SmallImages(registry.address(), "x/team/app/template-db/main")
                    .push(folder, "linux/amd64", Map.of("a", "b"));
            try (RecordPublisher publisher = new RecordPublisher(kafka);
                    RunCatalogue runs = new RunCatalogue(kafka)) {
                tell(publisher, run(1, there, Outcome.of(Outcome.Reason.SUCCEEDED, "main built")));
                tell(publisher, run(2, "sha256:" + "0".repeat(64), Outcome.of(Outcome.Reason.SUCCEEDED, "main built")));
                tell(publisher, run(3, null, Outcome.failed("exit code 3", List.of("oh no"))));
                tell(publisher, run(4, null, null));
                await().until(() -> runs.find(run(4, null, null).run()).isPresent());
                Templates templates = new Templates(
                        runs,
                        new Registries(config, DockerCredentials.ofThisProcess()),
                        URI.create("https://fleet.example"));

                ObjectNode found = templates.of("here/team/app", "main", commit(1));
                assertThat(found.path("state").asText()).isEqualTo("available");
                assertThat(found.path("reference").asText())
                        .isEqualTo("outside.example/x/team/app/template-db/main:key@" + there);
                assertThat(found.path("page").asText()).startsWith("https://fleet.example/runs/");
                assertThat(found.has("annotations")).isTrue();
                assertThatThrownBy(() -> templates.of("here/team/app", "other", commit(1)))
                        .hasMessageContaining("this commit declares no template database other");
                assertThatThrownBy(() -> templates.of("here/team/app", "main", commit(2)))
                        .hasMessageContaining("main of this commit is no longer in");
                ObjectNode failed = templates.of("here/team/app", "main", commit(3));
                assertThat(failed.path("state").asText()).isEqualTo("failed");
                assertThat(failed.path("message").asText()).isEqualTo("exit code 3");
                assertThat(failed.path("lastLines").path(0).asText()).isEqualTo("oh no");
                assertThat(templates
                                .of("here/team/app", "main", commit(4))
                                .path("state")
                                .asText())
                        .isEqualTo("preparing");
                assertThatThrownBy(() -> templates.of("here/team/app", "main", commit(5)))
                        .hasMessageContaining("nothing is known of template databases of here/team/app at");
            }
        }
    }

    private static String commit(int number) {
        return SampleRuns.commit(number).value();
    }

    private static void tell(RecordPublisher publisher, RunState run) throws InterruptedException {
        publisher.publishDurably(Topic.RUNS, run.run().value(), run.run() + "@1", Json.write(run));
    }

    private static RunState run(int commit, @Nullable String digest, @Nullable Outcome outcome) {
        RunSubject push = SampleRuns.push("here/team/app", commit);
        RunSubject subject = new RunSubject(
                WorkerKind.TEMPLATE,
                push.event(),
                push.repository(),
                "template-db",
                push.commit(),
                push.ref(),
                null,
                false);
        List<PushedImage> images = digest == null
                ? List.of()
                : List.of(new PushedImage(
                        "template-db/main",
                        "outside.example/x/team/app/template-db/main",
                        "key",
                        new Digest(digest),
                        false));
        return new RunState(
                SampleRuns.run(subject, ""),
                1,
                0,
                subject,
                outcome == null ? RunState.Phase.RUNNING : RunState.Phase.ENDED,
                1,
                List.of(),
                images,
                List.of(),
                outcome,
                null,
                null,
                SampleRuns.START,
                SampleRuns.START,
                "worker");
    }
}
