package io.forgefleet.local.tools;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.tool.ToolPaths;
import io.forgefleet.clients.tool.install.InstallableTool;
import io.forgefleet.clients.tool.install.ToolInstaller;
import io.forgefleet.local.console.CommandFailure;
import io.forgefleet.local.console.Invocation;
import io.forgefleet.local.console.Paint;
import io.forgefleet.local.console.Terminal;
import io.forgefleet.runtime.config.ConfigException;
import io.forgefleet.runtime.config.FleetConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Fills the fleet's own tool folder. */
@Command(
        name = "install",
        description = {
            "Installs tools into the fleet's own folder, at the versions that the fleet is tested with: Syft by pip, osv-scanner"
                    + " and cosign by go install. Where packages come from is the machine's own configuration of pip and Go.",
            "What is there already is left as it is; without names, what is missing is installed."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  ./fleet tools install              all of them that are not on PATH already",
            "  ./fleet tools install osv-scanner  compiles it, which takes minutes"
        })
public final class ToolsInstallCommand implements Callable<Integer> {

    private final Invocation invocation;

    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(paramLabel = "TOOL", description = "syft, osv-scanner, cosign. Default: those that are not found.")
    private List<String> names = List.of();

    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description = "The fleet's configuration, for its dataDirectory. Default: FLEET_CONFIG, else fleet.yml.")
    private String file = "";

    @Option(
            names = "--folder",
            paramLabel = "DIR",
            description = "Install here; programs get into DIR/bin. Default: tools in the fleet's dataDirectory.")
    private @Nullable Path folder;

    public ToolsInstallCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() throws CommandFailure, ConfigException, InterruptedException {
        Set<InstallableTool> wanted = named();
        Path tools = folder == null ? configured() : folder;
        Terminal terminal = invocation.terminal();
        try (Waiting waiting = new Waiting(terminal)) {
            ToolInstaller installer = new ToolInstaller(tools, invocation.environment(), waiting::begin);
            for (InstallableTool each : wanted.isEmpty() ? missing(tools) : wanted) {
                boolean done = installer.install(each);
                waiting.end();
                terminal.print(terminal.paint(Paint.GREEN, each.program()) + " " + each.version()
                        + (done ? " installed: " : " was there: ") + installer.program(each));
            }
            return 0;
        } catch (ClientException e) {
            throw new CommandFailure(
                    String.valueOf(e.getMessage()), "what is installed by other means is used as well", e);
        }
    }

    private Set<InstallableTool> named() {
        Set<InstallableTool> tools = EnumSet.noneOf(InstallableTool.class);
        for (String name : names) {
            tools.add(InstallableTool.named(name)
                    .orElseThrow(() -> new ParameterException(
                            Objects.requireNonNull(spec).commandLine(),
                            "no package registry is known to have '" + name + "'; known are "
                                    + String.join(", ", InstallableTool.programs()))));
        }
        return tools;
    }

    /** Those that neither {@code PATH} nor the folder has; all when none is missing, which then says so. */
    private Set<InstallableTool> missing(Path tools) {
        ToolPaths paths =
                new ToolPaths(Map.of(), invocation.environment().getOrDefault("PATH", ""), tools.resolve("bin"));
        List<InstallableTool> missing = new ArrayList<>();
        for (InstallableTool each : InstallableTool.values()) {
            paths.find(each.program())
                    .ifPresentOrElse(
                            found -> invocation
                                    .terminal()
                                    .print(invocation.terminal().paint(Paint.GREEN, each.program()) + " was there: "
                                            + found),
                            () -> missing.add(each));
        }
        return missing.isEmpty() ? EnumSet.noneOf(InstallableTool.class) : EnumSet.copyOf(missing);
    }

    private Path configured() throws ConfigException {
        Map<String, String> environment = invocation.environment();
        Path path = Path.of(file.isEmpty() ? environment.getOrDefault("FLEET_CONFIG", "fleet.yml") : file);
        FleetConfig config =
                Files.exists(path) ? FleetConfig.load(path, environment) : FleetConfig.parse("{}", environment);
        return Objects.requireNonNull(ToolPaths.folderIn(config.dataDirectory()).getParent());
    }
}
