package io.forgefleet.clients.git;

import io.forgefleet.clients.tool.Command;
import io.forgefleet.events.CommitId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A real repository that plays the forge's side: a bare one, filled through a working tree. */
final class Origin {

    final Path bare;
    private final Path tree;
    private int commits;

    Origin(Path folder, String name) throws Exception {
        this(folder, name, "sha1");
    }

    Origin(Path folder, String name, String format) throws Exception {
        bare = Files.createDirectories(folder).resolve(name);
        tree = folder.resolve(name + "-tree");
        git(folder, "init", "-q", "--bare", "--object-format=" + format, "-b", "main", bare.toString());
        git(bare, "config", "http.receivepack", "true");
        git(folder, "init", "-q", "--object-format=" + format, "-b", "main", tree.toString());
    }

    String url() {
        return bare.toUri().toString();
    }

    Path tree() {
        return tree;
    }

    void write(String path, String content) throws IOException {
        Path file = tree.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }

    /** Commits everything and moves the ref on the "forge" to it. */
    CommitId commit(String ref) throws Exception {
        git(tree, "add", "-A");
        // the dates are the same, and so would be two commits on one parent
        commits++;
        git(tree, "commit", "-q", "--allow-empty", "-m", "change " + commits);
        push("HEAD", ref);
        return new CommitId(git(tree, "rev-parse", "HEAD"));
    }

    void push(String from, String ref) throws Exception {
        git(tree, "push", "-q", bare.toString(), "+" + from + ":" + ref);
    }

    String git(Path directory, String... arguments) throws Exception {
        List<String> all = new ArrayList<>(List.of("git", "-c", "protocol.file.allow=always"));
        all.addAll(List.of(arguments));
        Map<String, String> environment = Map.of(
                "PATH", System.getenv("PATH"),
                "HOME", "/nonexistent",
                "GIT_AUTHOR_NAME", "a",
                "GIT_AUTHOR_EMAIL", "a@example.org",
                "GIT_COMMITTER_NAME", "c",
                "GIT_COMMITTER_EMAIL", "c@example.org",
                "GIT_COMMITTER_DATE", "1700000000 +0100");
        Command.Result result = new Command(all, environment, directory, "", Duration.ofSeconds(20)).run(1 << 20);
        if (result.exit() != 0) {
            throw new IllegalStateException(String.join(" ", arguments) + ": " + result.errors());
        }
        return new String(result.output(), StandardCharsets.UTF_8).strip();
    }
}
