package io.forgefleet.local.demo;

import io.forgefleet.host.forge.repository.Account;
import io.forgefleet.host.process.Command;
import io.forgefleet.local.console.CommandFailure;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Somebody with a clone of the sample repository, who works with git. */
final class Developer {

    private static final List<String> SAMPLE = List.of("Dockerfile", "readings.awk", "almanac.sh", "test.sh");
    private static final Duration WITHIN = Duration.ofMinutes(1);
    private static final int MOST_OUTPUT = 1 << 20;

    private final Path clone;
    private final Map<String, String> environment;

    private Developer(Path clone, Map<String, String> environment) {
        this.clone = clone;
        this.environment = environment;
    }

    /** Clones a repository, empty or not. */
    static Developer cloning(URI from, Path folder, Account as) throws IOException, CommandFailure {
        String basic =
                Base64.getEncoder().encodeToString((as.name() + ":" + as.token()).getBytes(StandardCharsets.UTF_8));
        Map<String, String> environment = new HashMap<>(Map.of(
                "GIT_CONFIG_COUNT", "1",
                "GIT_CONFIG_KEY_0", "http." + from.resolve("/") + ".extraHeader",
                "GIT_CONFIG_VALUE_0", "Authorization: Basic " + basic,
                "GIT_CONFIG_NOSYSTEM", "1",
                "GIT_CONFIG_GLOBAL", "/dev/null",
                "GIT_TERMINAL_PROMPT", "0"));
        for (String role : List.of("AUTHOR", "COMMITTER")) {
            environment.put("GIT_" + role + "_NAME", as.name());
            environment.put("GIT_" + role + "_EMAIL", as.name() + "@demo.example");
        }
        Developer developer = new Developer(Files.createDirectories(folder), environment);
        developer.git("clone", "--quiet", from.toString(), ".");
        return developer;
    }

    /** Writes the files of the sample; commit them next. */
    void writeSample() throws IOException {
        for (String name : SAMPLE) {
            try (InputStream file = Objects.requireNonNull(
                    Developer.class.getResourceAsStream("sample/" + name), "the sample is part of this jar")) {
                Files.write(clone.resolve(name), file.readAllBytes());
            }
        }
    }

    void replace(String file, String old, String fresh) throws IOException {
        Path path = clone.resolve(file);
        String text = Files.readString(path);
        if (!text.contains(old)) {
            throw new IllegalStateException(file + " of the sample does not say: " + old);
        }
        Files.writeString(path, text.replace(old, fresh));
    }

    /** Commits all changes. */
    String commit(String message) throws IOException, CommandFailure {
        git("add", "--all");
        git("commit", "--quiet", "-m", message);
        return git("rev-parse", "HEAD");
    }

    void branch(String name) throws IOException, CommandFailure {
        git("switch", "--quiet", "--create", name);
    }

    /** Does the last commit over. */
    String amend(String message) throws IOException, CommandFailure {
        git("add", "--all");
        git("commit", "--quiet", "--amend", "-m", message);
        return git("rev-parse", "HEAD");
    }

    void forcePush(String branch) throws IOException, CommandFailure {
        git("push", "--quiet", "--force", "origin", branch);
    }

    void switchTo(String branch) throws IOException, CommandFailure {
        git("switch", "--quiet", branch);
    }

    void write(String file, String text) throws IOException {
        Files.writeString(clone.resolve(file), text);
    }

    void push(String branch) throws IOException, CommandFailure {
        git("push", "--quiet", "origin", branch);
    }

    /** Tags the last commit, and pushes the tag. */
    void tag(String name) throws IOException, CommandFailure {
        git("tag", name);
        git("push", "--quiet", "origin", "refs/tags/" + name);
    }

    private String git(String... arguments) throws IOException, CommandFailure {
        List<String> line = new ArrayList<>(List.of("git"));
        line.addAll(List.of(arguments));
        Command.Output output = new Command(line, clone, environment, WITHIN, MOST_OUTPUT).run();
        if (output.exitCode() != 0) {
            throw new CommandFailure(
                    "git " + arguments[0] + " ended with " + output.exitCode() + ": " + output.error(),
                    "the demo wants git 2.38 or newer");
        }
        return output.text().strip();
    }
}
