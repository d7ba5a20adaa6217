package io.forgefleet.local.cli;

import com.sun.net.httpserver.HttpServer;
import io.forgefleet.clients.sign.SignException;
import io.forgefleet.host.process.FreePort;
import io.forgefleet.local.console.CommandFailure;
import io.forgefleet.local.console.Invocation;
import io.forgefleet.local.console.Terminal;
import io.forgefleet.local.up.LocalFleet;
import io.forgefleet.runtime.config.ConfigException;
import io.forgefleet.runtime.config.FleetConfig;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Does what most calls do, for the ahead-of-time caches that the launcher makes after a build. */
@Command(
        name = "train",
        hidden = true,
        description = "Starts a fleet, looks at it and stops it, or calls commands that ask one, so that the classes"
                + " which that takes are known.",
        mixinStandardHelpOptions = true)
final class TrainCommand implements Callable<Integer> {

    private static final Duration READY_WITHIN = Duration.ofSeconds(10);
    private static final int MOST_OUTPUT = 1 << 16;

    /** What is trained for: {@code up} and the like, or a short command. */
    enum Kind {
        FLEET,
        COMMAND
    }

    private final Invocation invocation;

    @Parameters(paramLabel = "KIND", description = "fleet or command.")
    private Kind kind = Kind.FLEET;

    @Option(names = "--folder", required = true, description = "An empty folder; it is left as it is afterwards.")
    private Path folder = Path.of("");

    TrainCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() throws CommandFailure, InterruptedException {
        try {
            return kind == Kind.FLEET ? fleet() : commands();
        } catch (IOException | ConfigException e) {
            throw new CommandFailure("training failed: " + e.getMessage(), "", e);
        }
    }

    private int fleet() throws IOException, ConfigException, CommandFailure, InterruptedException {
        LocalFleet trained = LocalFleet.start(configuration());
        try {
            UpCommand.awaitReady(trained, READY_WITHIN);
            return quietly(trained.managementUrl().toString(), "runs");
        } finally {
            trained.stop();
        }
    }

    /** A server that knows nothing is asked for runs, and for a template database of a repository that is made for it; evidence is verified. */
    private int commands() throws IOException, InterruptedException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve(".forgefleet.yml"), """
                templateDatabases: [{name: main, engine: sqlite, key: ["*.sql"], command: "true", image: ci}]
                """);
        Files.writeString(folder.resolve("1.sql"), "");
        git("init", "--quiet");
        git("add", ".");
        git("-c", "user.name=fleet", "-c", "user.email=fleet@localhost", "commit", "--quiet", "-m", "train");
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        byte[] answer = "{\"state\":\"missing\",\"runs\":[]}".getBytes(StandardCharsets.UTF_8);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        server.start();
        try {
            String url = "http://127.0.0.1:" + server.getAddress().getPort();
            verify(url);
            quietly(url, "template", "pull", "main", "-C", folder.toString(), "--repo", "nowhere:team/app");
            return quietly(url, "runs");
        } finally {
            server.stop(0);
        }
    }

    private void verify(String url) throws IOException, InterruptedException {
        try {
            TrainingRelease release = new TrainingRelease(Files.createDirectory(folder.resolve("release")));
            String key = release.key().toString();
            int exit = quietly(url, "verify", "--key", key, release.evidence().toString());
            if (exit != 0) {
                throw new IOException("the release that was made for training does not verify");
            }
        } catch (GeneralSecurityException | SignException e) {
            throw new IOException("a release for training could not be made: " + e.getMessage(), e);
        }
    }

    private void git(String... arguments) throws IOException {
        List<String> line = new ArrayList<>(List.of("git"));
        line.addAll(List.of(arguments));
        var output = new io.forgefleet.host.process.Command(line, folder, Map.of(), READY_WITHIN, MOST_OUTPUT).run();
        if (output.exitCode() != 0) {
            throw new IOException("git " + arguments[0] + " did not work in " + folder + ": " + output.error());
        }
    }

    private int quietly(String server, String... arguments) {
        Map<String, String> environment = new HashMap<>(invocation.environment());
        environment.put("FLEET_SERVER", server);
        environment.put("FLEET_TEMPLATE_CACHE", folder.resolve("cache").toString());
        try (PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8)) {
            return Main.run(new Terminal(nowhere, nowhere, false, false), environment, arguments);
        }
    }

    private FleetConfig configuration() throws ConfigException {
        return FleetConfig.parse(
                """
                listen: {webhooks: "127.0.0.1:%d", management: "127.0.0.1:%d"}
                dataDirectory: "%s"
                forges: [{name: nowhere, kind: forgejo, url: "http://127.0.0.1:1", token: "${env:TOKEN}", repositories: ["**"]}]
                registries: [{name: main, address: "127.0.0.1:1", plainHttp: true}]
                repositories: [{match: "nowhere:**"}]
                """.formatted(FreePort.find(), FreePort.find(), folder.toAbsolutePath()), Map.of("TOKEN", "unused"));
    }
}
