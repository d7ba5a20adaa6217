package io.forgefleet.local.cli;

import io.forgefleet.local.console.Invocation;
import io.forgefleet.local.console.Terminal;
import io.forgefleet.local.prune.PruneCommand;
import io.forgefleet.local.prune.WhyCommand;
import io.forgefleet.local.release.ReleaseAbortCommand;
import io.forgefleet.local.release.ReleaseCommand;
import io.forgefleet.local.release.ReleaseResumeCommand;
import io.forgefleet.local.release.ReleaseShowCommand;
import io.forgefleet.local.server.LogsCommand;
import io.forgefleet.local.server.ReplayCommand;
import io.forgefleet.local.server.RunsCommand;
import io.forgefleet.local.template.TemplateCloneCommand;
import io.forgefleet.local.template.TemplateCommand;
import io.forgefleet.local.template.TemplateExplainCommand;
import io.forgefleet.local.template.TemplatePrepareCommand;
import io.forgefleet.local.template.TemplatePullCommand;
import io.forgefleet.local.tools.ToolsCommand;
import io.forgefleet.local.tools.ToolsInstallCommand;
import io.forgefleet.local.verify.VerifyCommand;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/** The {@code fleet} command line, called by the launcher of the same name. */
public final class Main {

    /** Longer than a fleet's drain time and what it needs to close. */
    private static final long STOP_SECONDS = 120;

    private Main() {}

    /** Runs one command. Exit codes: 0 done, 1 failed, 2 wrong usage, 3 not verified, 130 or 143 stopped by a signal. */
    public static void main(String[] arguments) {
        CountDownLatch done = new CountDownLatch(1);
        Thread command = Thread.currentThread();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(command, done), "stop"));
        Logging.quiet();
        int exit;
        try {
            exit = run(Terminal.ofProcess(System.getenv()), System.getenv(), arguments);
        } finally { // also where the JVM has to give up
            done.countDown();
        }
        System.exit(exit);
    }

    /** The same within a process that goes on. */
    static int run(Terminal terminal, Map<String, String> environment, String... arguments) {
        FleetCommand fleet = new FleetCommand();
        Invocation invocation = new Invocation(terminal, environment);
        CommandLine line = new CommandLine(fleet);
        Map<String, Supplier<Object>> commands = commands(invocation);
        // one that is named first is enough: to describe all of them takes longer than many a command does
        if (arguments.length > 0 && commands.containsKey(arguments[0])) {
            commands.keySet().retainAll(Set.of(arguments[0]));
        }
        commands.values().forEach(each -> line.addSubcommand(each.get()));
        return line.setExpandAtFiles(false)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpAutoWidth(true)
                .setColorScheme(CommandLine.Help.defaultColorScheme(terminal.colours() ? Ansi.ON : Ansi.OFF))
                .setOut(writer(terminal.out()))
                .setErr(writer(terminal.err()))
                .setParameterExceptionHandler((wrong, given) -> Complaints.wrongUsage(terminal, wrong))
                .setExecutionExceptionHandler(
                        (failure, failed, parsed) -> Complaints.failed(terminal, fleet.isDebug(environment), failure))
                .execute(arguments);
    }

    /** Everything that can be called, in the order in which help tells of it. */
    private static Map<String, Supplier<Object>> commands(Invocation of) {
        Map<String, Supplier<Object>> all = new LinkedHashMap<>();
        all.put("demo", () -> new DemoCommand(of));
        all.put("up", () -> new UpCommand(of));
        all.put("doctor", () -> new DoctorCommand(of));
        all.put("runs", () -> new RunsCommand(of));
        all.put("logs", () -> new LogsCommand(of));
        all.put("replay", () -> new ReplayCommand(of));
        all.put("prune", () -> new PruneCommand(of));
        all.put("why", () -> new WhyCommand(of));
        all.put("verify", () -> new VerifyCommand(of));
        all.put("template", () -> new CommandLine(new TemplateCommand())
                .addSubcommand(new TemplatePullCommand(of))
                .addSubcommand(new TemplateExplainCommand(of))
                .addSubcommand(new TemplateCloneCommand(of))
                .addSubcommand(new TemplatePrepareCommand(of)));
        all.put("release", () -> new CommandLine(new ReleaseCommand())
                .addSubcommand(new ReleaseShowCommand(of))
                .addSubcommand(new ReleaseResumeCommand(of))
                .addSubcommand(new ReleaseAbortCommand(of)));
        all.put("config", () -> new CommandLine(new ConfigCommand())
                .addSubcommand(new ConfigValidateCommand(of))
                .addSubcommand(new ConfigSchemaCommand(of)));
        all.put("tools", () -> new CommandLine(new ToolsCommand()).addSubcommand(new ToolsInstallCommand(of)));
        all.put("train", () -> new TrainCommand(of));
        return all;
    }

    private static PrintWriter writer(PrintStream stream) {
        return new PrintWriter(stream, true, StandardCharsets.UTF_8);
    }

    /** A signal interrupts the command, which then ends what it started; the process is there until it has. */
    private static void stop(Thread command, CountDownLatch done) {
        if (done.getCount() == 0) {
            return;
        }
        command.interrupt();
        try {
            if (!done.await(STOP_SECONDS, TimeUnit.SECONDS)) {
                System.err.println("fleet: not everything has ended within " + STOP_SECONDS + " s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
