package io.forgefleet.benchmarks.template;

import io.forgefleet.host.process.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A Python project with 25 Alembic migrations for SQLite, in a folder and a virtual environment of its own. */
record AlembicProject(Path folder) {

    static final int MIGRATIONS = 25;

    private static final Duration WITHIN = Duration.ofMinutes(5);
    private static final int MOST_OUTPUT = 1 << 20;

    private static final String ENV = """
            from alembic import context
            from sqlalchemy import create_engine

            url = context.get_x_argument(as_dictionary=True)["url"]
            with create_engine(url).connect() as connection:
                context.configure(connection=connection, render_as_batch=True)
                with context.begin_transaction():
                    context.run_migrations()
            """;

    private static final String MIGRATION = """
            import sqlalchemy as sa
            from alembic import op

            revision = "r%1$02d"
            down_revision = %2$s


            def upgrade():
                table = op.create_table(
                    "shelf_%1$02d",
                    sa.Column("id", sa.Integer, primary_key=True),
                    sa.Column("title", sa.String(80), nullable=False),
                    sa.Column("owner", sa.String(40), index=True),
                )
                op.bulk_insert(table, [{"id": n, "title": f"volume {n}", "owner": "o%%d" %% (n %% 7)} for n in range(40)])
                with op.batch_alter_table("shelf_%1$02d") as batch:
                    batch.add_column(sa.Column("added", sa.Date))


            def downgrade():
                op.drop_table("shelf_%1$02d")
            """;

    /** Writes it, and installs Alembic from the machine's package index. */
    static AlembicProject make(Path folder) throws IOException {
        Path versions = Files.createDirectories(folder.resolve("alembic/versions"));
        Files.writeString(folder.resolve("alembic.ini"), "[alembic]\nscript_location = alembic\n");
        Files.writeString(folder.resolve("alembic/env.py"), ENV);
        for (int i = 1; i <= MIGRATIONS; i++) {
            String before = i == 1 ? "None" : "\"r%02d\"".formatted(i - 1);
            Files.writeString(versions.resolve("r%02d.py".formatted(i)), MIGRATION.formatted(i, before));
        }
        Files.writeString(folder.resolve(".gitignore"), "/venv/\n/build/\n__pycache__/\n");
        Files.writeString(folder.resolve(".forgefleet.yml"), """
                templateDatabases:
                  - {name: main, engine: sqlite, key: ["alembic/**/*.py", alembic.ini], image: "app/ci:1",
                     command: "alembic -x url=sqlite:///$TEMPLATE_PATH upgrade head"}
                """);
        AlembicProject project = new AlembicProject(folder);
        project.run("python3", "-m", "venv", "venv");
        project.run("venv/bin/pip", "install", "--quiet", "--disable-pip-version-check", "alembic");
        project.run("git", "init", "--quiet");
        project.run("git", "remote", "add", "origin", "https://forge.example/team/app.git");
        project.run("git", "add", "--all");
        project.run("git", "-c", "user.name=b", "-c", "user.email=b@example.org", "commit", "--quiet", "-m", "all");
        return project;
    }

    /** Applies all migrations, as a test session does that has no template. */
    void migrate(Path database) throws IOException {
        run("venv/bin/alembic", "-x", "url=sqlite:///" + database, "upgrade", "head");
    }

    String run(String... line) throws IOException {
        Command.Output output = new Command(List.of(line), folder, Map.of(), WITHIN, MOST_OUTPUT).run();
        if (output.exitCode() != 0) {
            throw new IOException(line[0] + " ended with " + output.exitCode() + ": " + output.error());
        }
        return output.text().strip();
    }
}
