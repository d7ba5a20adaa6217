package io.forgefleet.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forgefleet.events.PushEvent;
import io.forgefleet.events.job.RunId;
import io.forgefleet.events.run.RunState;
import io.forgefleet.host.process.ManagedProcess;
import io.forgefleet.host.process.ProcessSpec;
import io.forgefleet.host.process.Program;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A worker killed with -9 while its command runs or its database is pushed. */
class TemplateKilledTest {

    /** Of milliseconds; the command ends after two seconds, its push a little later. */
    private static final int LONGEST = 3_500;

    private static final long SEED = 11;

    @TempDir
    Path folder;

    private TemplateSite templates;

    @BeforeEach
    void start() throws Exception {
        templates = new TemplateSite(folder, "");
    }

    @AfterEach
    void stop() throws Exception {
        if (templates != null) {
            templates.close();
        }
    }

    @Test
    void anotherWorkerTakesOverAndNothingHalfMadeIsServed() throws Exception {
        templates.site.service().stop(Duration.ZERO);
        Random random = new Random(SEED);
        for (int i = 0; i < 3; i++) {
            killIn("killed-early-" + i, random.nextInt(LONGEST));
        }
    }

    /** Long before the command ends, while it ends, while its file is copied and pushed, and afterwards. */
    @Test
    @Tag("soak")
    void atTenRandomMoments() throws Exception {
        templates.site.service().stop(Duration.ZERO);
        long seed = System.nanoTime();
        System.err.println("moments by seed " + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 10; i++) {
            killIn("killed-" + i, random.nextInt(LONGEST));
        }
    }

    private void killIn(String repository, int millis) throws Exception {
        Clone clone = templates.repository(repository, """
                echo begun; sqlite3 $TEMPLATE_PATH "CREATE TABLE half (x)"; sleep 2; %s""".formatted(TemplateSite.MIGRATE));
        PushEvent event = Site.pushed(repository, "main", clone.push("main"));
        RunId run = TemplateSite.run(event);
        try (ManagedProcess doomed = worker("doomed-" + repository)) {
            templates.site.publish(event);
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> templates.site.log(run).contains("begun"));
            Thread.sleep(millis); // the moment itself is what is tried
            doomed.kill();
        }
        boolean early = templates.tags(repository).isEmpty();
        BuildService other = templates.another("taker-" + repository);
        try {
            RunState ended = TemplateSite.succeeded(templates.site.ended(run));
            assertThat(templates.tags(repository))
                    .containsExactly(ended.images().getFirst().tag());
            assertThat(templates.tables(repository, ended)).containsExactly("a", "b", "half");
            if (early) { // else the first one may have told of it already
                assertThat(ended.images().getFirst().reused()).isFalse();
            }
            assertThat(templates.site.ledgerOf(run))
                    .extracting("digest")
                    .contains(ended.images().getFirst().digest());
        } finally {
            other.stop(Duration.ZERO);
        }
    }

    private ManagedProcess worker(String name) throws Exception {
        Path config = Files.writeString(folder.resolve(name + ".yml"), templates.site.yaml);
        Map<String, String> variables = new HashMap<>(templates.site.variables);
        variables.put("FLEET_KAFKA_BOOTSTRAP", templates.site.broker.bootstrap());
        variables.put("FLEET_DATA_DIRECTORY", folder.resolve(name).toString());
        variables.put("FLEET_LISTEN_MANAGEMENT", "127.0.0.1:0");
        variables.put("FLEET_WORKERS", "template");
        ManagedProcess process = ManagedProcess.start(ProcessSpec.of(
                        name,
                        folder.resolve(name + ".log"),
                        List.of(
                                Program.java().toString(),
                                "-cp",
                                Objects.requireNonNull(System.getProperty("java.class.path")),
                                Main.class.getName(),
                                "--config",
                                config.toString()))
                .with(variables));
        process.awaitReady(() -> process.outputTail().contains("has started in"), Duration.ofSeconds(60));
        return process;
    }
}
