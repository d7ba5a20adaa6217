package io.forgefleet.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.forgefleet.clients.registry.Manifest;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.ForgeEvent;
import io.forgefleet.events.PullRequestEvent;
import io.forgefleet.events.PullRequestEvent.Action;
import io.forgefleet.events.run.Outcome;
import io.forgefleet.events.run.Outcome.Reason;
import io.forgefleet.events.run.RunState;
import io.forgefleet.host.gitea.GiteaProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pull requests of forks on a real Gitea, and a builder for them alone. */
class StrangersTest {

    private static final int BUILDER = BuildKitDaemon.freePort();

    @TempDir
    static Path folder;

    private static Site site;
    private static GiteaProcess gitea;
    private static GiteaRepository app;
    private static BuildKitDaemon builder;

    @BeforeAll
    static void start() throws Exception {
        assumeTrue(GiteaProcess.isAvailable(), "gitea is not on the PATH: no real forge to test on");
        BuildKitDaemon.assumePresent();
        gitea = GiteaProcess.start(folder.resolve("gitea"));
        app = GiteaRepository.create(gitea, "app");
        app.commit(Map.of(
                ".forgefleet.yml",
                GiteaRepository.text("images: [{name: app, secrets: [token]}]"),
                "busybox",
                GiteaRepository.busybox()));
        Site.Setup setup = Site.Setup.of("", registry -> {
                    builder = BuildKitDaemon.start(folder.resolve("strangers"), BUILDER, registry);
                    return """
                    - {name: engine, endpoint: "%s", trust: [branch], slots: 2}
                    - {name: strangers, endpoint: "tcp://127.0.0.1:%d", trust: [fork], slots: 2}
                    """.formatted(Site.ENGINE, BUILDER);
                })
                .withForge(
                        "- {name: gitea, kind: gitea, url: \"%s\", token: \"${env:GITEA}\", repositories: [\"team/*\"]}"
                                .formatted(gitea.url()),
                        """
                        - match: "gitea:team/*"
                          secrets: {token: "${env:SECRET}"}
                          strangers: {label: safe, users: [Friend]}
                        """,
                        Map.of("GITEA", gitea.token()));
        site = new Site(folder, setup);
    }

    @AfterAll
    static void stop() throws Exception {
        if (site != null) {
            site.close();
        }
        if (builder != null) {
            builder.close();
        }
        if (gitea != null) {
            gitea.close();
        }
    }

    @Test
    void aStrangersCommitWaitsForTheWordOfSomebodyWhoMayWrite() throws Exception {
        long pull = app.pull("stranger", "waits", hostile("waits"));
        CommitId head = app.head(pull);
        String tag = "pr-" + pull + "-" + head.sha7();

        Outcome opened = build(app.event(pull, Action.OPENED, head, "stranger"));
        assertThat(opened.reason()).as(opened.message()).isEqualTo(Reason.SKIPPED);
        assertThat(opened.message())
                .isEqualTo(
                        "waits for /ok-to-test " + head.sha7() + " by someone who may write here, or their label safe");
        for (String nobody : new String[] {"stranger", "reader", "no-such-user"}) {
            Outcome said = build(app.comment(pull, "/ok-to-test", head, nobody));
            assertThat(said.reason()).isEqualTo(Reason.SKIPPED);
            assertThat(said.message()).startsWith(nobody + " may not write here; waits for");
        }
        assertThat(build(app.event(pull, Action.REOPENED, head, "writer")).reason())
                .as("who opens it again has not looked at it")
                .isEqualTo(Reason.SKIPPED);
        assertThat(site.tags("app")).doesNotContain(tag);

        RunState built = site.build(app.comment(pull, "looks fine\n/ok-to-test", head, "writer"));
        assertThat(Site.outcome(built).reason())
                .as(Site.outcome(built).message())
                .isEqualTo(Reason.SUCCEEDED);
        Manifest image = site.manifest("app", tag);
        assertThat(image.annotations())
                .containsEntry("io.forgefleet.trust", "fork")
                .containsEntry("org.opencontainers.image.revision", head.value());
        assertThat(site.log(built.run())).contains("writer said /ok-to-test", "no secret here");
        assertThat(site.client.tags("team/app", 100)).noneMatch(each -> each.startsWith("buildcache-fork"));

        Outcome again = build(app.event(pull, Action.OPENED, head, "stranger"));
        assertThat(again.message()).isEqualTo(tag + " was there already (1 image)");
    }

    @Test
    void anApprovalIsForOneCommitOnly() throws Exception {
        long pull = app.pull("stranger", "moves", hostile("moves"));
        CommitId seen = app.head(pull);
        CommitId pushed = app.push("stranger", "moves", pull, Map.of("evil", GiteaRepository.text("x")));

        assertThat(build(app.comment(pull, "/ok-to-test", seen, "writer")).reason())
                .isEqualTo(Reason.SUPERSEDED);
        assertThat(build(app.event(pull, Action.SYNCHRONIZED, pushed, "stranger"))
                        .reason())
                .isEqualTo(Reason.SKIPPED);
        assertThat(build(app.event(pull, Action.SYNCHRONIZED, pushed, "writer")).reason())
                .as("a writer's push onto a stranger's commits")
                .isEqualTo(Reason.SKIPPED);
        assertThat(build(app.comment(pull, "/ok-to-test " + pushed.sha7(), pushed, "writer"))
                        .reason())
                .isEqualTo(Reason.SUCCEEDED);
    }

    @Test
    void aLabelThatAWriterSetsApproves() throws Exception {
        long pull = app.pull("stranger", "labelled", hostile("labelled"));
        CommitId head = app.head(pull);
        app.label("writer", pull, "safe");
        RunState built = site.build(app.event(pull, Action.LABELLED, head, "writer"));
        assertThat(Site.outcome(built).reason())
                .as(Site.outcome(built).message())
                .isEqualTo(Reason.SUCCEEDED);
        assertThat(site.log(built.run())).contains("writer set the label safe");

        CommitId pushed = app.push("stranger", "labelled", pull, Map.of("evil", GiteaRepository.text("x")));
        assertThat(build(app.event(pull, Action.SYNCHRONIZED, pushed, "stranger"))
                        .reason())
                .as("a push after the approval")
                .isEqualTo(Reason.SKIPPED);
        assertWaits(app.event(pull, Action.LABELLED, head, "writer"), Reason.SUPERSEDED, "is at");
    }

    @Test
    void aLabelThatTheStrangerSetApprovesNothing() throws Exception {
        app.label("writer", app.pull("friend", "makes-label", Map.of("f", GiteaRepository.text("f"))), "safe");
        long pull = app.pull("stranger", "self-made", hostile("self-made"), "safe");
        CommitId head = app.head(pull);
        assertWaits(app.event(pull, Action.LABELLED, head, "stranger"), Reason.SKIPPED, "stranger, who set the label,");
        assertWaits(app.event(pull, Action.LABELLED, head, "writer"), Reason.SKIPPED, "stranger, who set the label,");

        app.label("writer", pull, "bug");
        assertWaits(app.event(pull, Action.LABELLED, head, "writer"), Reason.SKIPPED, "the newest change of labels is");
    }

    @Test
    void anotherLabelDoesNotRenewAnApproval() throws Exception {
        long pull = app.pull("stranger", "renewed", hostile("renewed"));
        app.label("writer", pull, "safe");
        CommitId pushed = app.push("stranger", "renewed", pull, Map.of("evil", GiteaRepository.text("x")));
        app.label("writer", pull, "bug");
        assertWaits(
                app.event(pull, Action.LABELLED, pushed, "writer"), Reason.SKIPPED, "the newest change of labels is");
        app.unlabel(pull, "bug");
        assertWaits(
                app.event(pull, Action.LABELLED, pushed, "writer"), Reason.SKIPPED, "the newest change of labels is");
        app.deleteLabel("bug");
        PullRequestEvent muchLater =
                app.event(pull, Action.LABELLED, pushed, "writer", Instant.now().plus(Duration.ofMinutes(3)));
        assertWaits(muchLater, Reason.SKIPPED, "the label is older than what was told of it");
    }

    private static void assertWaits(PullRequestEvent event, Reason reason, String why) throws Exception {
        Outcome outcome = build(event);
        assertThat(outcome.reason()).as(outcome.message()).isEqualTo(reason);
        assertThat(outcome.message()).contains(why);
    }

    @Test
    void pullRequestsOfListedUsersAreBuiltWithoutAWord() throws Exception {
        long pull = app.pull("friend", "listed", hostile("listed"));
        assertThat(build(app.event(pull, Action.OPENED, app.head(pull), "friend"))
                        .reason())
                .isEqualTo(Reason.SUCCEEDED);
        CommitId others = app.push("friend", "listed", pull, Map.of("more", GiteaRepository.text("x")));
        assertThat(build(app.event(pull, Action.SYNCHRONIZED, others, "stranger"))
                        .reason())
                .isEqualTo(Reason.SKIPPED);
    }

    @Test
    void whatAStrangerDeclaresIsNotRead() throws Exception {
        Map<String, byte[]> files = hostile("declares");
        files.put(".forgefleet.yml", GiteaRepository.text("images: [{name: a}, {name: b}]"));
        long pull = app.pull("stranger", "declares", files);
        CommitId head = app.head(pull);
        RunState built = site.build(app.comment(pull, "/ok-to-test", head, "writer"));
        assertThat(built.images()).hasSize(1);
        assertThat(built.images().getFirst().repository()).endsWith("/team/app");
    }

    @Test
    void entitlementsAndForeignFrontendsAreRefused() throws Exception {
        for (String dockerfile : new String[] {
            "FROM scratch\nCOPY --chmod=755 busybox /bin/busybox\nRUN --security=insecure [\"/bin/busybox\", \"true\"]\n",
            "FROM scratch\nCOPY --chmod=755 busybox /bin/busybox\nRUN --network=host [\"/bin/busybox\", \"true\"]\n",
            "# syntax=127.0.0.1:1/evil/frontend\nFROM scratch\n"
        }) {
            String branch = "asks-" + Integer.toHexString(dockerfile.hashCode());
            long pull = app.pull("stranger", branch, Map.of("Dockerfile", GiteaRepository.text(dockerfile)));
            Outcome refused = build(app.comment(pull, "/ok-to-test", app.head(pull), "writer"));
            assertThat(refused.reason()).as(refused.message()).isEqualTo(Reason.FAILED);
            assertThat(refused.message())
                    .containsAnyOf(
                            "entitlement", "not allowed", "unknown flag: --security", "is not on the list of those");
        }
    }

    private static Outcome build(ForgeEvent event) throws Exception {
        return Site.outcome(site.build(event));
    }

    /** Fails to build where a secret is to be had, or credentials for a registry. */
    private static Map<String, byte[]> hostile(String name) {
        Map<String, byte[]> files = new HashMap<>();
        files.put(
                "Dockerfile",
                GiteaRepository.text(Site.RUNS.replace("COPY busybox", "COPY --chmod=755 busybox")
                        + "LABEL name=" + name + "\n"
                        + "RUN --mount=type=secret,id=token [\"/bin/busybox\", \"sh\", \"-c\","
                        + " \"test ! -s /run/secrets/token && echo no secret here\"]\n"));
        return files;
    }
}
