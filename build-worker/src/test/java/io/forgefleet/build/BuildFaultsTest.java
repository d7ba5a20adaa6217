package io.forgefleet.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forgefleet.events.PushEvent;
import io.forgefleet.events.run.Outcome.Reason;
import io.forgefleet.events.run.RunState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An engine that is away and a registry that fails, both real otherwise. */
class BuildFaultsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    Path folder;

    @Test
    void anEngineThatIsAwayCostsNoAttempt() throws Exception {
        Path socket = folder.resolve("engine.sock");
        Site site = new Site(folder, Site.Setup.on("unix://" + socket, null));
        try {
            Clone clone = site.repository("app").write("Dockerfile", "FROM scratch\nCOPY Dockerfile /x\n");
            PushEvent event = Site.pushed("app", "next", clone.push("next"));
            site.publish(event);
            await().atMost(PATIENCE).until(() -> site.service().missing().contains("builder engine away"));

            Files.createSymbolicLink(socket, Path.of("/var/run/docker.sock"));

            RunState state = site.ended(Site.run(event));
            assertThat(Site.outcome(state).reason()).isEqualTo(Reason.SUCCEEDED);
            assertThat(state.attempt()).isEqualTo(1);
            await().atMost(PATIENCE).until(() -> site.service().missing().isEmpty());
        } finally {
            site.close();
        }
    }

    @Test
    void aRegistryThatFailsIsTriedAgainWithoutAnotherBuild() throws Exception {
        FaultyRegistry faulty = new FaultyRegistry();
        Site site = new Site(folder, Site.Setup.on(Site.ENGINE, faulty.address()));
        try {
            faulty.standBefore(site.registry.address());
            for (FaultyRegistry.Fault fault : FaultyRegistry.Fault.values()) {
                failsAndGoesOn(site, faulty, fault);
            }
        } finally {
            site.close();
            faulty.close();
        }
    }

    private static void failsAndGoesOn(Site site, FaultyRegistry faulty, FaultyRegistry.Fault fault) throws Exception {
        String name = "app-" + fault.name().toLowerCase(Locale.ROOT).replace('_', '-');
        Clone clone = site.repository(name).withBusybox();
        clone.write("Dockerfile", """
                FROM scratch
                COPY busybox /bin/busybox
                ENV NONCE=%d
                RUN ["/bin/busybox", "sh", "-c", "echo built-$((40 + 2))"]
                """.formatted(System.nanoTime()));
        PushEvent event = Site.pushed(name, "next", clone.push("next"));
        faulty.refused.set(0);
        faulty.show(fault);
        site.publish(event);
        await().atMost(PATIENCE).until(() -> site.history.stream()
                .anyMatch(state -> state.run().equals(Site.run(event)) && state.attempt() == 2));
        faulty.show(null);

        RunState state = site.ended(Site.run(event));
        assertThat(Site.outcome(state).reason()).as(fault.name()).isEqualTo(Reason.SUCCEEDED);
        assertThat(faulty.refused.get()).as(fault.name()).isPositive();
        assertThat(site.log(state.run())).as(fault.name()).containsOnlyOnce("built-42\n");
        assertThat(site.tags(name)).hasSize(1);
    }

    @Test
    void aRunThatIsDrainedGoesOnElsewhereAndItsBuildIsStopped() throws Exception {
        Site site = new Site(folder, "");
        try {
            Clone clone = site.repository("app").withBusybox();
            clone.write("Dockerfile", """
                    FROM scratch
                    COPY busybox /bin/busybox
                    ENV NONCE=%d
                    RUN ["/bin/busybox", "sh", "-c", "echo began; sleep 4; echo ov''er"]
                    """.formatted(System.nanoTime()));
            PushEvent event = Site.pushed("app", "next", clone.push("next"));
            site.publish(event);
            await().atMost(PATIENCE).until(() -> site.log(Site.run(event)).contains("began"));

            site.restart();

            RunState state = site.ended(Site.run(event));
            assertThat(Site.outcome(state).reason()).isEqualTo(Reason.SUCCEEDED);
            assertThat(site.history)
                    .anyMatch(each -> each.outcome() != null && each.outcome().reason() == Reason.PREEMPTED);
            assertThat(site.log(state.run())).containsOnlyOnce("over\n");
            assertThat(site.tags("app")).hasSize(1);
        } finally {
            site.close();
        }
    }
}
