package io.forgefleet.build.template;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.ClientException.Kind;
import io.forgefleet.events.image.TrustClass;
import io.forgefleet.events.repofile.TemplateSpec;
import io.forgefleet.events.run.Outcome.Reason;
import io.forgefleet.runtime.config.PostgresConfig;
import io.forgefleet.runtime.worker.DependencyAwayException;
import io.forgefleet.work.place.RunEndedException;
import io.forgefleet.work.sandbox.SandboxResult;
import io.forgefleet.work.sandbox.ServerFailedException;
import io.forgefleet.work.template.DatabaseFacts;
import io.forgefleet.work.template.FinishedDatabase;
import io.forgefleet.work.template.postgres.PostgresServer;
import io.forgefleet.work.template.postgres.PostgresTools;
import io.forgefleet.work.template.postgres.ScratchDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * PostgreSQL: the command fills an empty database, which it finds by {@code DATABASE_URL} or by the variables of libpq. That is one of a
 * server in a container beside it, which nothing else reaches; else one on a configured server, for code of the repository itself that
 * has asked for the network.
 */
final class PostgresPreparation implements Preparation {

    private final CommandRun commands;
    private final PostgresConfig config;
    private final CommandImages images;
    private final List<PostgresServer> servers;
    private final PostgresTools tools;

    PostgresPreparation(CommandRun commands, PostgresConfig config, CommandImages images, PostgresTools tools) {
        this.commands = commands;
        this.config = config;
        this.images = images;
        this.servers = config.servers().stream().map(PostgresServer::new).toList();
        this.tools = tools;
    }

    @Override
    public FinishedDatabase prepare(Order order)
            throws PreparationException, RunEndedException, DependencyAwayException, IOException, ClientException,
                    InterruptedException {
        String image = config.images().get(order.spec().version());
        return image != null ? inContainer(order, images.find(image)) : onServer(order, server(order));
    }

    private FinishedDatabase inContainer(Order order, CommandImage image)
            throws PreparationException, DependencyAwayException, IOException, ClientException, InterruptedException {
        TemplateSpec spec = order.spec();
        Map<String, String> environment = environment(
                PostgresContainer.URL,
                "127.0.0.1",
                5432,
                PostgresContainer.DATABASE,
                PostgresContainer.USER,
                PostgresContainer.USER);
        SandboxResult result;
        try {
            result = commands.beside(
                    order, environment, PostgresContainer.of(image, spec.extensions(), commands.longest(spec)));
        } catch (ServerFailedException e) {
            String why = e.lastLines().stream()
                    .filter(line -> line.contains("ERROR"))
                    .findFirst()
                    .orElse(
                            e.lastLines().isEmpty()
                                    ? String.valueOf(e.getMessage())
                                    : e.lastLines().getLast());
            if (!e.wasReady() && e.lastLines().stream().noneMatch(line -> line.contains("extension"))) {
                throw new ClientException(
                        Kind.REFUSED,
                        "PostgreSQL " + spec.version() + " of templates.postgres.images did not start: "
                                + String.join(" | ", e.lastLines()));
            }
            throw new PreparationException(spec.name() + ": " + why, e.lastLines());
        }
        requireVersion(spec, Files.readString(order.folder().resolve(PostgresContainer.VERSION)));
        List<String> counts = Files.readAllLines(order.folder().resolve(PostgresContainer.COUNTS));
        DatabaseFacts facts = new DatabaseFacts(
                counts.size(), counts.stream().mapToLong(Long::parseLong).sum());
        return finished(order, order.folder().resolve(PostgresContainer.DUMP), facts, result);
    }

    private FinishedDatabase onServer(Order order, PostgresServer server)
            throws PreparationException, RunEndedException, DependencyAwayException, IOException, ClientException,
                    InterruptedException {
        TemplateSpec spec = order.spec();
        if (order.trust() == TrustClass.FORK) {
            throw new RunEndedException(
                    Reason.SKIPPED,
                    spec.name() + ": strangers' code gets no database on a configured server; an image of PostgreSQL "
                            + spec.version() + " in templates.postgres.images would do");
        }
        if (!spec.network()) {
            throw new RunEndedException(
                    Reason.FAILED,
                    spec.name() + ": the fleet has PostgreSQL " + spec.version() + " on a configured server only, which"
                            + " a command without network does not reach: declare network: true, or have an image of it"
                            + " named in templates.postgres.images");
        }
        try (ScratchDatabase scratch = ScratchDatabase.make(server, tools, order.key(), spec.extensions())) {
            String user = scratch.name();
            String password = scratch.password().value();
            String url = "postgresql://" + user + ":" + password + "@" + scratch.address() + "/" + user;
            SandboxResult result = commands.alone(
                    order,
                    environment(url, scratch.address().host(), scratch.address().port(), user, user, password),
                    List.of(scratch.password()));
            Path dump = order.folder().resolve(PostgresContainer.DUMP);
            return finished(order, dump, scratch.dump(dump), result);
        } catch (ClientException e) {
            if (e.kind() == Kind.REFUSED) {
                throw new PreparationException(spec.name() + ": " + e.getMessage(), List.of());
            }
            throw e;
        }
    }

    private static FinishedDatabase finished(Order order, Path dump, DatabaseFacts facts, SandboxResult result)
            throws PreparationException {
        if (facts.tables() == 0) {
            throw new PreparationException(
                    order.spec().name() + ": the command left no table in the database of $DATABASE_URL",
                    result.lastLines());
        }
        return new FinishedDatabase(dump, facts, result.took());
    }

    private PostgresServer server(Order order) throws RunEndedException, ClientException, InterruptedException {
        List<String> others = new ArrayList<>(config.images().keySet());
        for (PostgresServer server : servers) {
            String version = server.version();
            if (PostgresConfig.fits(order.spec().version(), version)) {
                return server;
            }
            others.add(version);
        }
        throw new RunEndedException(
                Reason.FAILED,
                order.spec().name() + ": this fleet has no PostgreSQL "
                        + order.spec().version() + ", but "
                        + (others.isEmpty() ? "none" : String.join(", ", others))
                        + ": name an image or a server of it in templates.postgres of fleet.yml");
    }

    private static void requireVersion(TemplateSpec spec, String said) throws ClientException {
        String version = said.strip().split(" ", -1)[0];
        if (!PostgresConfig.fits(spec.version(), version)) {
            throw new ClientException(
                    Kind.REFUSED,
                    "the image that templates.postgres.images has for PostgreSQL " + spec.version() + " is of version "
                            + version);
        }
    }

    private static Map<String, String> environment(
            String url, String host, int port, String database, String user, String password) {
        return Map.of(
                "DATABASE_URL", url,
                "PGHOST", host,
                "PGPORT", Integer.toString(port),
                "PGDATABASE", database,
                "PGUSER", user,
                "PGPASSWORD", password);
    }
}
