package io.forgefleet.local.server;

import com.fasterxml.jackson.databind.JsonNode;
import io.forgefleet.local.console.CommandFailure;
import io.forgefleet.local.console.Invocation;
import io.forgefleet.local.console.Paint;
import io.forgefleet.local.console.Terminal;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Prints the log of a run. */
@Command(
        name = "logs",
        description = "Prints the log of a run, up to now or followed to its end.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  ./fleet logs                     of the newest run",
            "  ./fleet logs -f 3f2a             of the run whose id begins like this, to its end"
        })
public final class LogsCommand implements Callable<Integer> {

    private static final String MOST_RUNS = "200";

    private final Invocation invocation;

    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Parameters(
            arity = "0..1",
            paramLabel = "RUN",
            description = "Id of the run, or how it begins; ./fleet runs shows them. Default: the newest run.")
    private String run = "";

    @Option(
            names = {"-f", "--follow"},
            description = "Go on until the run has ended.")
    private boolean follow;

    public LogsCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() throws CommandFailure, InterruptedException {
        try (FleetServer connected = server.connect(invocation.environment())) {
            RunLogs logs = new RunLogs(connected);
            String id = find(connected);
            if (follow) {
                logs.follow(id, new Follower(invocation.terminal()));
            } else {
                print(logs, id);
            }
            return 0;
        }
    }

    private String find(FleetServer connected) throws CommandFailure, InterruptedException {
        if (run.length() == 24) {
            return run;
        }
        List<String> found =
                FleetServer.rows(connected
                                .get("/api/runs", Map.of("limit", MOST_RUNS))
                                .path("runs"))
                        .stream()
                        .map((JsonNode each) -> each.path("run").asText())
                        .filter(id -> id.startsWith(run))
                        .toList();
        if (found.isEmpty() || (!run.isEmpty() && found.size() > 1)) {
            throw new CommandFailure(
                    run.isEmpty()
                            ? "there are no runs yet"
                            : found.size() + " of the newest " + MOST_RUNS + " runs begin with '" + run + "'",
                    "./fleet runs lists them");
        }
        return found.getFirst();
    }

    private void print(RunLogs logs, String id) throws CommandFailure, InterruptedException {
        try (var lines = new BufferedReader(new InputStreamReader(logs.text(id), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                invocation.terminal().print(RunWords.printable(line));
            }
        } catch (IOException e) {
            throw new CommandFailure("the log of run " + id + " broke off: " + e.getMessage(), "call it again", e);
        }
    }

    /** Prints a heading for each step, its lines, and how the run ended. */
    private static final class Follower implements RunLogs.Reader {

        private final Terminal terminal;
        private String step = "";

        Follower(Terminal terminal) {
            this.terminal = terminal;
        }

        @Override
        public void line(String of, String line) {
            if (!of.equals(step)) {
                step = of;
                terminal.print(terminal.paint(Paint.BOLD, "== " + RunWords.printable(step)));
            }
            terminal.print(RunWords.printable(line));
        }

        @Override
        public void ended(String reason, String message) {
            terminal.say(terminal.paint(RunWords.paint(reason), reason) + ": " + RunWords.printable(message));
        }
    }
}
