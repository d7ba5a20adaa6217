package io.forgefleet.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.forgefleet.clients.tool.Command;
import io.forgefleet.clients.tool.Folders;
import io.forgefleet.events.run.RunState;
import io.forgefleet.host.process.Program;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real Alembic project: 25 migrations, Alembic from the package index in an image with Debian's Python. That image takes a minute to
 * make, and stays in the engine for the next time.
 */
@Tag("soak")
class AlembicTest {

    private static final int MIGRATIONS = 25;
    private static final String PACKAGES = "alembic==1.14.0";
    private static final String KEPT = "forgefleet-test/alembic:" + PACKAGES.replaceAll(".*==", "");

    private static final String ENV = """
            from alembic import context
            from sqlalchemy import create_engine

            with create_engine(context.get_x_argument(as_dictionary=True)["url"]).connect() as connection:
                context.configure(connection=connection)
                with context.begin_transaction():
                    context.run_migrations()
            """;

    private static final String MIGRATION = """
            import sqlalchemy as sa
            from alembic import op

            revision = "r%1$02d"
            down_revision = %2$s


            def upgrade():
                table = op.create_table("t%1$02d", sa.Column("id", sa.Integer, primary_key=True), sa.Column("word", sa.Text))
                op.bulk_insert(table, [{"id": n, "word": "w"} for n in range(10)])
                op.create_index("by_word_%1$02d", "t%1$02d", ["word"])
            """;

    @TempDir
    Path folder;

    @Test
    void twentyFiveMigrationsRunOnceForEveryBranch() throws Exception {
        assumeTrue(
                Program.onPath("debootstrap").isPresent()
                        && Program.onPath("python3").isPresent(),
                "no debootstrap, or no python3");
        TemplateSite templates = new TemplateSite(folder, "");
        try {
            String image = image(templates.site);
            Clone clone = declaring(templates.site.repository("tdb-alembic"), image);

            RunState first = TemplateSite.succeeded(templates.pushed(clone, "tdb-alembic", "one"));
            assertThat(templates.tables("tdb-alembic", first)).contains("t01", "t25", "alembic_version", "by_word_13");
            assertThat(Site.outcome(first).message()).contains("26 tables, 251 rows");

            clone.write("README", "other words");
            RunState second = TemplateSite.succeeded(templates.pushed(clone, "tdb-alembic", "two"));
            assertThat(second.images().getFirst().reused()).isTrue();
            assertThat(templates.applications(List.of(first.run(), second.run())))
                    .isEqualTo(1);

            clone.write(
                    "alembic/versions/r25.py",
                    MIGRATION.formatted(25, "\"r24\"").replace("range(10)", "range(11)"));
            RunState edited = TemplateSite.succeeded(templates.pushed(clone, "tdb-alembic", "three"));
            assertThat(Site.outcome(edited).message()).contains("26 tables, 252 rows");
        } finally {
            templates.close();
        }
    }

    private static Clone declaring(Clone clone, String image) throws Exception {
        clone.write("alembic.ini", "[alembic]\nscript_location = alembic\n").write("alembic/env.py", ENV);
        for (int i = 1; i <= MIGRATIONS; i++) {
            String before = i == 1 ? "None" : "\"r%02d\"".formatted(i - 1);
            clone.write("alembic/versions/r%02d.py".formatted(i), MIGRATION.formatted(i, before));
        }
        return clone.write(".forgefleet.yml", """
                templateDatabases:
                  - name: main
                    engine: sqlite
                    key: [alembic.ini, "alembic/**/*.py"]
                    image: "%s"
                    environment: {PYTHONPATH: /opt/alembic, PYTHONDONTWRITEBYTECODE: "1"}
                    command: python3 -m alembic -x url=sqlite:///$TEMPLATE_PATH upgrade head && echo the migrations ran
                """.formatted(image));
    }

    private String image(Site site) throws Exception {
        if (run("docker", "image", "inspect", KEPT).exit() != 0) {
            make();
        }
        String name = site.registry.address() + "/base/alembic";
        succeeded("docker", "tag", KEPT, name + ":1");
        try {
            succeeded("docker", "push", "-q", name + ":1");
        } finally {
            succeeded("docker", "image", "rm", name + ":1");
        }
        return name + "@" + site.client.digest("base/alembic", "1").orElseThrow();
    }

    private void make() throws Exception {
        Path root = folder.resolve("debian");
        succeeded("debootstrap", "--variant=minbase", "--include=python3", "bookworm", root.toString());
        Files.createDirectories(root.resolve("opt"));
        succeeded(
                "python3",
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
                "--target",
                root.resolve("opt/alembic").toString(),
                "--python-version",
                "3.11",
                "--implementation",
                "cp",
                "--only-binary=:all:",
                PACKAGES);
        succeeded("sh", "-c", "tar -C '" + root + "' --exclude=./var/cache/apt -c . | docker import - " + KEPT);
        Folders.delete(root);
    }

    private static void succeeded(String... line) throws Exception {
        Command.Result result = run(line);
        assertThat(result.exit())
                .as(String.join(" ", line) + ": " + result.errors())
                .isZero();
    }

    private static Command.Result run(String... line) throws Exception {
        return new Command(List.of(line), Map.copyOf(System.getenv()), null, "", Duration.ofMinutes(5)).run(1 << 24);
    }
}
