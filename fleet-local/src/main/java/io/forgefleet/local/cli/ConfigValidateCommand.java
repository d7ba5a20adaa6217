package io.forgefleet.local.cli;

import io.forgefleet.events.repofile.RepositoryFile;
import io.forgefleet.events.repofile.RepositoryFileException;
import io.forgefleet.events.repofile.RepositoryFileParser;
import io.forgefleet.events.wire.Json;
import io.forgefleet.local.console.CommandFailure;
import io.forgefleet.local.console.Invocation;
import io.forgefleet.local.console.Paint;
import io.forgefleet.local.console.Terminal;
import io.forgefleet.runtime.config.ConfigException;
import io.forgefleet.runtime.config.FleetConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Finds every error of {@code fleet.yml}, {@code .forgefleet.yml} and files of waivers at once. */
@Command(
        name = "validate",
        description = {
            "Checks fleet.yml, .forgefleet.yml and what it waives (.forgefleet/waivers.yml, .forgefleet/*.openvex.json):",
            "every error at once, each with its place and what was expected. Waivers whose last day is over are warned of.",
            "Environment variables and secret files that fleet.yml refers to must be there, as they must for ./fleet up."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  ./fleet config validate                        those of this folder",
            "  ./fleet config validate /etc/forgefleet/fleet.yml ../app/.forgefleet.yml"
        })
final class ConfigValidateCommand implements Callable<Integer> {

    /** What is wrong with one file; nothing when it is valid. */
    record Verdict(String file, boolean valid, List<String> errors, List<String> warnings) {}

    private final Invocation invocation;

    @Parameters(
            paramLabel = "FILE",
            description =
                    "Files to check; one called *.forgefleet.yml is a repository's, waivers.yml and *.openvex.json are"
                            + " waivers, any other is the fleet's. Default: all of them that are in this folder.")
    private List<Path> files = List.of();

    @Option(names = "--json", description = "Print a JSON array with file, valid, errors and warnings.")
    private boolean json;

    ConfigValidateCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() throws CommandFailure {
        List<Path> wanted = files.isEmpty() ? ofThisFolder() : files;
        List<Verdict> verdicts = new ArrayList<>();
        for (Path file : wanted) {
            List<String> warnings = new ArrayList<>();
            List<String> errors = file.toString().endsWith(RepositoryFile.PATH)
                    ? ofRepository(file, warnings)
                    : Waivers.isOne(file) ? Waivers.errors(file, Instant.now(), warnings) : ofFleet(file);
            verdicts.add(new Verdict(file.toString(), errors.isEmpty(), errors, warnings));
        }
        show(verdicts);
        return verdicts.stream().allMatch(Verdict::valid) ? 0 : Complaints.FAILED;
    }

    private static List<Path> ofThisFolder() throws CommandFailure {
        List<Path> found = new ArrayList<>();
        Stream.of(Path.of("fleet.yml"), Path.of(RepositoryFile.PATH))
                .filter(Files::exists)
                .forEach(found::add);
        found.addAll(Waivers.in(Path.of("")));
        if (found.isEmpty()) {
            throw new CommandFailure(
                    "there is neither a fleet.yml nor a .forgefleet.yml in "
                            + Path.of("").toAbsolutePath(),
                    "name the files: ./fleet config validate FILE…\nor begin one: cp fleet.example.yml fleet.yml");
        }
        return found;
    }

    private List<String> ofFleet(Path file) {
        try {
            FleetConfig.load(file, invocation.environment());
            return List.of();
        } catch (ConfigException e) {
            return e.errors();
        }
    }

    private static List<String> ofRepository(Path file, List<String> warnings) {
        try {
            if (Files.size(file) > RepositoryFileParser.MOST_BYTES) {
                return List.of("/: at most " + RepositoryFileParser.MOST_BYTES + " bytes were expected");
            }
            RepositoryFile declared = RepositoryFileParser.parse(Files.readString(file, StandardCharsets.UTF_8));
            Path folder = file.toAbsolutePath().getParent();
            if (folder != null && !declared.ciImages().isEmpty()) {
                warnings.addAll(FloatingPins.in(folder, declared));
            }
            return List.of();
        } catch (RepositoryFileException e) {
            return e.errors();
        } catch (IOException e) {
            return List.of("/: could not be read: " + e);
        }
    }

    private void show(List<Verdict> verdicts) {
        Terminal terminal = invocation.terminal();
        if (json) {
            terminal.print(new String(Json.write(verdicts), StandardCharsets.UTF_8));
            return;
        }
        for (Verdict verdict : verdicts) {
            String word =
                    verdict.valid() ? terminal.paint(Paint.GREEN, "valid") : terminal.paint(Paint.RED, "not valid");
            terminal.print(verdict.file() + ": " + word);
            verdict.errors().forEach(error -> terminal.print("  " + error));
            verdict.warnings().forEach(warning -> terminal.print("  warning: " + warning));
        }
    }
}
