package io.forgefleet.release;

import io.forgefleet.clients.tool.Command;
import io.forgefleet.events.CommitId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Somebody's clone of a repository, by the real git. */
record Clone(Path directory, String remote) {

    /** @param remote with credentials */
    static Clone of(Path directory, String remote) throws Exception {
        Clone clone = new Clone(Files.createDirectories(directory), remote);
        clone.git("init", "-q", "-b", "main");
        return clone;
    }

    Clone write(String path, String content) throws Exception {
        Path file = directory.resolve(path);
        Files.createDirectories(file.resolveSibling(""));
        Files.writeString(file, content);
        return this;
    }

    /** Commits everything and moves the branch of the forge there. */
    CommitId push(String branch) throws Exception {
        git("add", "-A");
        git("commit", "-q", "--allow-empty", "-m", "change of " + branch);
        git("push", "-q", "-f", remote, "HEAD:refs/heads/" + branch);
        return head();
    }

    CommitId head() throws Exception {
        return new CommitId(git("rev-parse", "HEAD"));
    }

    /** Moves a tag of the forge to the newest commit. */
    CommitId tag(String name) throws Exception {
        git("tag", "-f", name);
        git("push", "-q", "-f", remote, "refs/tags/" + name);
        return head();
    }

    void deleteTag(String name) throws Exception {
        git("push", "-q", remote, ":refs/tags/" + name);
    }

    String git(String... arguments) throws Exception {
        List<String> all = new ArrayList<>(List.of("git"));
        all.addAll(List.of(arguments));
        Map<String, String> environment = Map.of(
                "PATH", System.getenv("PATH"),
                "HOME", "/nonexistent",
                "GIT_AUTHOR_NAME", "a",
                "GIT_AUTHOR_EMAIL", "a@example.org",
                "GIT_COMMITTER_NAME", "c",
                "GIT_COMMITTER_EMAIL", "c@example.org");
        Command.Result result = new Command(all, environment, directory, "", Duration.ofSeconds(30)).run(1 << 20);
        if (result.exit() != 0) {
            throw new IllegalStateException(String.join(" ", arguments) + ": " + result.errors());
        }
        return result.text().strip();
    }
}
