package io.forgefleet.build.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.forgefleet.events.CommentEvent;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.EventId;
import io.forgefleet.events.ForgeEvent;
import io.forgefleet.events.PullRequestEvent;
import io.forgefleet.events.PushEvent;
import io.forgefleet.events.RefName;
import io.forgefleet.events.RepositoryId;
import io.forgefleet.events.TagEvent;
import io.forgefleet.events.job.WorkerKind;
import io.forgefleet.events.run.RunSubject;
import io.forgefleet.runtime.config.ConfigException;
import io.forgefleet.runtime.config.FleetConfig;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BuildPlannerTest {

    private static final CommitId OLD = new CommitId("1".repeat(40));
    private static final CommitId NEW = new CommitId("2".repeat(40));
    private static final EventId ID = new EventId("a".repeat(32));
    private static final RepositoryId APP = RepositoryId.parse("codeberg/team/app");
    private static final String CONFIG = """
            forges: [{name: codeberg, kind: forgejo, url: "https://codeberg.example", repositories: ["team/*"]}]
            registries: [{name: main, address: registry.example}]
            repositories:
              - {match: "codeberg:team/other", buildBranches: [main]}
              - {match: "codeberg:team/app", buildBranches: ["**"]}
            """;

    private final BuildPlanner planner = new BuildPlanner(config());

    @Test
    void pushesOfNewCommitsAreBuilt() {
        for (PushEvent.Change change : new PushEvent.Change[] {PushEvent.Change.UPDATED, PushEvent.Change.FORCED}) {
            assertThat(planner.subject(push(APP, "next", change, OLD, NEW), false))
                    .get()
                    .extracting(RunSubject::commit, RunSubject::ref, RunSubject::pullRequest, RunSubject::target)
                    .containsExactly(NEW, "refs/heads/next", null, "images");
        }
        assertThat(planner.subject(push(APP, "next", PushEvent.Change.CREATED, null, NEW), true))
                .get()
                .matches(RunSubject::replay);
    }

    @Test
    void theSameEventsAskForTemplateDatabases() {
        ForgeEvent push = push(APP, "next", PushEvent.Change.UPDATED, OLD, NEW);
        assertThat(BuildPlanner.ofTemplates(config()).subject(push, false))
                .get()
                .extracting(RunSubject::kind, RunSubject::commit, RunSubject::ref, RunSubject::target)
                .containsExactly(WorkerKind.TEMPLATE, NEW, "refs/heads/next", "template-db");
        ForgeEvent deleted = push(APP, "next", PushEvent.Change.DELETED, OLD, null);
        assertThat(BuildPlanner.ofTemplates(config()).subject(deleted, false)).isEmpty();
    }

    @Test
    void deletedBranchesAreNot() {
        assertThat(planner.subject(push(APP, "next", PushEvent.Change.DELETED, OLD, null), false))
                .isEmpty();
    }

    @Test
    void branchesThatAreNotToBeBuiltAreNot() {
        RepositoryId other = RepositoryId.parse("codeberg/team/other");
        assertThat(planner.subject(push(other, "next", PushEvent.Change.UPDATED, OLD, NEW), false))
                .isEmpty();
        assertThat(planner.subject(push(other, "main", PushEvent.Change.UPDATED, OLD, NEW), false))
                .isPresent();
    }

    @Test
    void repositoriesThatNobodyConfiguredAreNot() {
        for (String stranger : new String[] {"codeberg/team/unruled", "codeberg/others/app", "elsewhere/team/app"}) {
            assertThat(planner.subject(
                            push(RepositoryId.parse(stranger), "main", PushEvent.Change.UPDATED, OLD, NEW), false))
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void pullRequestsAreBuiltWhenTheirHeadMayBeNew(PullRequestEvent.Action action) {
        boolean built =
                switch (action) {
                    case OPENED, SYNCHRONIZED, REOPENED, RETARGETED, READY -> true;
                    case CLOSED, MERGED, DRAFT, LABELLED -> false;
                };
        ForgeEvent event = new PullRequestEvent(
                ID, APP, 7, action, NEW, "next", RefName.branch("main"), false, false, "ann", Instant.EPOCH);
        assertThat(planner.subject(event, false)).matches(subject -> subject.isPresent() == built);
        planner.subject(event, false)
                .ifPresent(subject -> assertThat(subject.where()).isEqualTo("#7"));
    }

    @Test
    void tagsAreBuiltForReleasesOnlyAndCommentsNot() {
        TagEvent tag =
                new TagEvent(ID, APP, RefName.tag("v1"), TagEvent.Change.CREATED, null, NEW, NEW, "ann", Instant.EPOCH);
        assertThat(planner.subject(tag, true))
                .as("asked for by anybody else, as a protected build")
                .isEmpty();
        assertThat(planner.subject(tag, false))
                .hasValueSatisfying(subject -> assertThat(subject.ref()).isEqualTo("refs/tags/v1"));
        assertThat(planner.subject(new CommentEvent(ID, APP, 7, 1, "/build", null, "ann", Instant.EPOCH), false))
                .isEmpty();
    }

    private static ForgeEvent push(
            RepositoryId repository,
            String branch,
            PushEvent.Change change,
            @Nullable CommitId before,
            @Nullable CommitId after) {
        return new PushEvent(ID, repository, RefName.branch(branch), change, before, after, "ann", Instant.EPOCH);
    }

    private static FleetConfig config() {
        try {
            return FleetConfig.parse(CONFIG, Map.of());
        } catch (ConfigException e) {
            throw new AssertionError(e);
        }
    }
}
