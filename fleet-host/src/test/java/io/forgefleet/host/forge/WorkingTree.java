package io.forgefleet.host.forge;

import io.forgefleet.host.forge.repository.Account;
import io.forgefleet.host.process.Command;
import java.io.IOException;
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

/** Somebody's clone, used by the real git. */
final class WorkingTree {

    private final Path directory;
    private final Map<String, String> environment;

    private WorkingTree(Path directory, Map<String, String> environment) {
        this.directory = directory;
        this.environment = environment;
    }

    static WorkingTree clone(URI from, Path directory, Account as) throws IOException {
        return clone(from, directory, as.name(), as.token());
    }

    static WorkingTree clone(URI from, Path directory, String user, String password) throws IOException {
        String basic = Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
        Map<String, String> environment = new HashMap<>(Map.of(
                "GIT_CONFIG_COUNT", "1",
                "GIT_CONFIG_KEY_0", "http.extraHeader",
                "GIT_CONFIG_VALUE_0", "Authorization: Basic " + basic,
                "GIT_CONFIG_NOSYSTEM", "1",
                "GIT_CONFIG_GLOBAL", "/dev/null",
                "GIT_TERMINAL_PROMPT", "0"));
        for (String role : List.of("AUTHOR", "COMMITTER")) {
            environment.put("GIT_" + role + "_NAME", user);
            environment.put("GIT_" + role + "_EMAIL", user + "@example.org");
        }
        Files.createDirectories(directory);
        WorkingTree tree = new WorkingTree(directory, environment);
        tree.git("clone", "--quiet", from.toString(), ".");
        return tree;
    }

    /** Writes a file and commits it; returns the commit. */
    String commit(String file, String content) throws IOException {
        Files.writeString(directory.resolve(file), content);
        git("add", "--all");
        git("commit", "--quiet", "-m", "Change " + file);
        return git("rev-parse", "HEAD");
    }

    String git(String... arguments) throws IOException {
        Command.Output output = tryGit(arguments);
        if (output.exitCode() != 0) {
            throw new IOException("git " + arguments[0] + " ended with " + output.exitCode() + ": " + output.error());
        }
        return output.text().strip();
    }

    Command.Output tryGit(String... arguments) throws IOException {
        List<String> line = new ArrayList<>(List.of("git"));
        line.addAll(List.of(arguments));
        return new Command(line, directory, environment, Duration.ofMinutes(1), 1 << 20).run();
    }

    Path directory() {
        return directory;
    }
}
