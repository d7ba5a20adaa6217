package io.forgefleet.build;

import static org.assertj.core.api.Assertions.assertThat;

import io.forgefleet.events.CommitId;
import io.forgefleet.events.ForgeEvent;
import io.forgefleet.events.PushEvent;
import io.forgefleet.events.image.PushedImage;
import io.forgefleet.events.image.TrustClass;
import io.forgefleet.events.job.RunId;
import io.forgefleet.events.ledger.LedgerEntry;
import io.forgefleet.events.run.Outcome;
import io.forgefleet.events.run.Outcome.Reason;
import io.forgefleet.events.run.RunState;
import io.forgefleet.host.forge.repository.Permission;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Template databases on a real engine, registry and broker; the migrations themselves tell how often they ran. */
class TemplateTest {

    @TempDir
    static Path folder;

    private static TemplateSite templates;

    @BeforeAll
    static void start() throws Exception {
        templates = new TemplateSite(folder, "strangers: {users: [team, ann]}");
    }

    @AfterAll
    static void stop() throws Exception {
        if (templates != null) {
            templates.close();
        }
    }

    @Test
    void theSameContentIsMadeOnceWhateverElseACommitChanges() throws Exception {
        Clone clone = templates.repository("tdb-once", TemplateSite.MIGRATE);
        RunState first = TemplateSite.succeeded(templates.pushed(clone, "tdb-once", "one"));
        PushedImage made = first.images().getFirst();
        assertThat(made.reused()).isFalse();
        assertThat(made.repository()).endsWith("/team/tdb-once/template-db/main");
        assertThat(made.tag()).matches("[0-9a-f]{64}");
        assertThat(Site.outcome(first).message()).matches("main built in [0-9.]+ s \\(2 tables, 2 rows\\)");
        assertThat(templates.tables("tdb-once", first)).containsExactly("a", "b");
        assertThat(templates.site.ledgerOf(first.run())).singleElement().satisfies(entry -> {
            assertThat(entry.kind()).isEqualTo(LedgerEntry.Kind.TEMPLATE);
            assertThat(entry.digest()).isEqualTo(made.digest());
            assertThat(entry.tags()).containsExactly(made.tag());
        });

        clone.write("src/main.txt", "changed").write("README.md", "x");
        RunState second = TemplateSite.succeeded(templates.pushed(clone, "tdb-once", "two"));
        assertThat(second.images().getFirst().digest()).isEqualTo(made.digest());
        assertThat(second.images().getFirst().reused()).isTrue();
        assertThat(Site.outcome(second).message()).matches("main was there already, which spares [0-9.]+ s");
        assertThat(second.steps()).extracting("name").containsExactly("look for main");
        assertThat(templates.applications(List.of(first.run(), second.run()))).isEqualTo(1);

        clone.write("migrations/2.sql", "CREATE TABLE c (y);\n");
        RunState edited = TemplateSite.succeeded(templates.pushed(clone, "tdb-once", "two"));
        assertThat(edited.images().getFirst().tag())
                .as("no name of a file is new")
                .isNotEqualTo(made.tag());
        assertThat(templates.tables("tdb-once", edited)).containsExactly("a", "c");

        clone.write("migrations/2.sql", "CREATE TABLE b (y);\n");
        RunState back = TemplateSite.succeeded(templates.pushed(clone, "tdb-once", "two"));
        assertThat(back.images().getFirst().digest()).isEqualTo(made.digest());
    }

    @Test
    void aCommitThatDeclaresNoneLeavesNoTrace() throws Exception {
        Clone clone = templates.site.repository("tdb-none").write("README.md", "x");
        PushEvent none = Site.pushed("tdb-none", "main", clone.push("main"));
        templates.site.publish(none);
        Clone other = templates.repository("tdb-some", TemplateSite.MIGRATE);
        TemplateSite.succeeded(templates.pushed(other, "tdb-some", "main"));
        RunState asked = templates.replay(none, "template-db/main");
        assertThat(Site.outcome(asked).message())
                .as("who asks for one is told; and all that came before was worked on by now")
                .isEqualTo("this commit declares no template database main, but none");
        assertThat(templates.isKnown(TemplateSite.run(none))).isFalse();
    }

    /** What one of the class beneath has made may be anything: a command can import what no key names. */
    @Test
    void noClassReadsWhatALowerOneMade() throws Exception {
        Clone clone = templates.repository("tdb-trust", TemplateSite.MIGRATE);
        CommitId base = clone.write("x", "0").commit();
        clone.git("push", "-q", clone.remote(), "HEAD:refs/heads/main");
        clone.write("migrations/3.sql", "CREATE TABLE evil (x);\n");
        CommitId head = clone.push("stranger");
        templates.site.forge.openPullRequest(
                "team/tdb-trust", templates.site.forge.account("team"), "Feature", "stranger", "main");
        RunState ofFork = TemplateSite.succeeded(templates.provide(Site.opened("tdb-trust", 1, head, true)));
        PushedImage evil = ofFork.images().getFirst();
        assertThat(trust(ofFork)).isEqualTo(TrustClass.FORK);

        RunState ofBranch = TemplateSite.succeeded(templates.provide(Site.pushed("tdb-trust", "stranger", head)));
        assertThat(ofBranch.images().getFirst().reused()).isFalse();
        assertThat(ofBranch.images().getFirst().tag()).isNotEqualTo(evil.tag());
        assertThat(trust(ofBranch)).isEqualTo(TrustClass.BRANCH);

        clone.write("src/main.txt", "changed");
        RunState again =
                TemplateSite.succeeded(templates.provide(Site.opened("tdb-trust", 1, clone.push("stranger"), true)));
        assertThat(again.images().getFirst().digest())
                .as("a stranger takes what a branch made")
                .isEqualTo(ofBranch.images().getFirst().digest());

        RunState ofMain = TemplateSite.succeeded(templates.pushed(clone, "tdb-trust", "main"));
        assertThat(ofMain.images().getFirst().reused()).isFalse();
        assertThat(trust(ofMain)).isEqualTo(TrustClass.PROTECTED);
        clone.write("src/main.txt", "once more");
        assertThat(TemplateSite.succeeded(templates.pushed(clone, "tdb-trust", "topic"))
                        .images()
                        .getFirst()
                        .digest())
                .as("a branch takes what the default branch made")
                .isEqualTo(ofMain.images().getFirst().digest());
        assertThat(base).isNotEqualTo(head);
    }

    private static TrustClass trust(RunState run) throws Exception {
        return templates
                .store("tdb-trust")
                .get(run.images().getFirst().digest())
                .trust();
    }

    @Test
    void aStrangersCommandWaitsForAnApproval() throws Exception {
        Clone clone = templates.repository("tdb-stranger", TemplateSite.MIGRATE);
        clone.push("main");
        CommitId head =
                clone.write("migrations/3.sql", "CREATE TABLE evil (x);\n").push("stranger");
        templates.site.forge.grant("team/tdb-stranger", templates.site.forge.account("bot"), Permission.ADMIN);
        templates.site.forge.openPullRequest(
                "team/tdb-stranger", templates.site.forge.account("mallory"), "Feature", "stranger", "main");
        Outcome outcome = Site.outcome(templates.provide(Site.opened("tdb-stranger", 1, head, true)));
        assertThat(outcome.reason()).as(outcome.message()).isEqualTo(Reason.SKIPPED);
        assertThat(outcome.message()).startsWith("waits for /ok-to-test");
        assertThat(templates.tags("tdb-stranger")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    exits    | echo oh no; exit 3                     | main: the command failed with exit code 3
                    nothing  | echo done                              | main: the command left no file: it has to write the database to $TEMPLATE_PATH
                    two      | sqlite3 $TEMPLATE_PATH "CREATE TABLE a (x)"; cp $TEMPLATE_PATH /outputs/b.db | main: the command left b.db beside main.db
                    empty    | touch $TEMPLATE_PATH                   | main: the command left an empty file
                    text     | echo hello > $TEMPLATE_PATH            | main: the command left a file at $TEMPLATE_PATH that is no SQLite database
                    open     | busybox printf "PRAGMA cache_size=1;CREATE TABLE a(x);BEGIN;INSERT INTO a SELECT randomblob(2000) FROM generate_series(1,99);\\n.system kill -9 \\$PPID\\n" > /tmp/s; sqlite3 $TEMPLATE_PATH < /tmp/s; true | main: the command left a transaction open in main.db
                    slow     | echo begun; sleep 60                   | main: the command took longer than 2 s
                    """)
    void whatACommandDoesWrongIsToldAndRemembered(String name, String command, String message) throws Exception {
        String repository = "tdb-bad-" + name;
        Clone clone = templates.repository(repository, "echo the migrations ran; " + command.strip());
        if (name.equals("slow")) {
            clone.write(".forgefleet.yml", """
                    templateDatabases:
                      - {name: main, engine: sqlite, key: ["migrations/*.sql"], image: "%s", timeout: 2s,
                         command: 'echo the migrations ran; sleep 60'}
                    """.formatted(templates.image));
        }
        PushEvent event = Site.pushed(repository, "main", clone.push("main"));
        RunState failed = templates.provide(event);
        assertFailed(failed, message);
        assertThat(Site.outcome(failed).lastLines()).startsWith("the migrations ran");
        assertThat(templates.tags(repository)).singleElement().asString().endsWith("-failed");
        assertThat(templates.site.ledgerOf(failed.run()))
                .extracting(LedgerEntry::kind)
                .containsExactly(LedgerEntry.Kind.TEMPLATE);

        clone.write("src/main.txt", "changed");
        RunState known = templates.pushed(clone, repository, "main");
        assertFailed(known, message);
        assertThat(Site.outcome(known).message()).contains("so it did in run " + failed.run());
        assertThat(Site.outcome(known).lastLines())
                .isEqualTo(Site.outcome(failed).lastLines());
        assertThat(templates.applications(List.of(failed.run(), known.run()))).isEqualTo(1);

        if (name.equals("exits")) {
            RunState asked = templates.replay(event, "template-db");
            assertFailed(asked, message);
            assertThat(templates.applications(List.of(asked.run())))
                    .as("tried again")
                    .isEqualTo(1);
            templates.declaring(clone, TemplateSite.MIGRATE);
            TemplateSite.succeeded(templates.pushed(clone, repository, "main"));
        }
    }

    private static void assertFailed(RunState run, String message) {
        assertThat(Site.outcome(run).reason()).as(Site.outcome(run).message()).isEqualTo(Reason.FAILED);
        assertThat(Site.outcome(run).message()).startsWith(message.strip());
    }

    @Test
    void aPatternOfTheKeyThatMatchesNothingIsToldAndRunsNothing() throws Exception {
        Clone clone = templates.site.repository("tdb-nothing").write("README.md", "x");
        templates.declaring(clone, TemplateSite.MIGRATE);
        Outcome outcome = Site.outcome(templates.pushed(clone, "tdb-nothing", "main"));
        assertThat(outcome.reason()).isEqualTo(Reason.FAILED);
        assertThat(outcome.message()).startsWith("main: no file of this commit is matched by 'migrations/*.sql'");
    }

    @Test
    void aCommandRunsInTheCommitsOwnCiImage() throws Exception {
        String base = templates.image;
        Clone clone = templates
                .repository("tdb-ci", TemplateSite.MIGRATE)
                .write("ci/Dockerfile", "FROM " + base + "\nENV GREETING=of-the-ci-image\n")
                .write(".forgefleet.yml", """
                        ciImages: [{name: ci, dockerfile: ci/Dockerfile}]
                        templateDatabases:
                          - {name: main, engine: sqlite, key: ["migrations/*.sql"], image: ci,
                             command: 'echo $GREETING; cat migrations/*.sql | sqlite3 $TEMPLATE_PATH'}
                        """);
        RunState first = TemplateSite.succeeded(templates.pushed(clone, "tdb-ci", "main"));
        assertThat(templates.site.log(first.run())).contains("of-the-ci-image");
        clone.write("src/main.txt", "changed");
        RunState second = TemplateSite.succeeded(templates.pushed(clone, "tdb-ci", "main"));
        assertThat(second.images().getFirst().digest())
                .isEqualTo(first.images().getFirst().digest());
    }

    @Test
    void oneOfFiftyCallersOnThreeWorkersMakesItAndAllGetIt() throws Exception {
        BuildService second = templates.another("second");
        BuildService third = templates.another("third");
        try {
            Clone clone = templates.repository("tdb-many", "sleep 2; " + TemplateSite.MIGRATE);
            List<ForgeEvent> events = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                events.add(Site.pushed(
                        "tdb-many",
                        "b" + i,
                        clone.write("src/main.txt", "of " + i).push("b" + i)));
            }
            for (ForgeEvent event : events) {
                templates.site.publish(event);
            }
            List<RunId> runs = events.stream().map(TemplateSite::run).toList();
            List<RunState> ended = runs.stream().map(templates.site::ended).toList();
            ended.forEach(TemplateSite::succeeded);
            assertThat(ended)
                    .extracting(run -> run.images().getFirst().digest())
                    .containsOnly(ended.getFirst().images().getFirst().digest());
            assertThat(ended.stream().filter(run -> !run.images().getFirst().reused()))
                    .hasSize(1);
            assertThat(templates.applications(runs)).isEqualTo(1);
            assertThat(templates.tags("tdb-many")).hasSize(1);
        } finally {
            second.stop(Duration.ZERO);
            third.stop(Duration.ZERO);
        }
    }
}
