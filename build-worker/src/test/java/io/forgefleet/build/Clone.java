package io.forgefleet.build;

import io.forgefleet.clients.tool.Command;
import io.forgefleet.events.CommitId;
import io.forgefleet.host.forge.repository.Account;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Somebody's clone of a repository, by the real git. */
final class Clone {

    private final Path directory;
    private final String remote;

    private Clone(Path directory, String remote) {
        this.directory = directory;
        this.remote = remote;
    }

    static Clone of(URI url, Path directory, Account account) throws Exception {
        String remote = url.toString().replace("://", "://" + account.name() + ":" + account.token() + "@");
        Clone clone = new Clone(Files.createDirectories(directory), remote);
        clone.git("init", "-q", "-b", "main");
        return clone;
    }

    Clone write(String path, String content) throws Exception {
        Path file = directory.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
        return this;
    }

    /** A program for images made from nothing. */
    Clone withBusybox() throws Exception {
        Files.copy(Path.of("/bin/busybox"), directory.resolve("busybox"), StandardCopyOption.REPLACE_EXISTING);
        return this;
    }

    /** Where it pushes to, credentials included. */
    String remote() {
        return remote;
    }

    /** Commits everything and moves the branch of the forge there, by force. */
    CommitId push(String branch) throws Exception {
        CommitId commit = commit();
        git("push", "-q", "-f", remote, "HEAD:refs/heads/" + branch);
        return commit;
    }

    CommitId commit() throws Exception {
        git("add", "-A");
        git("commit", "-q", "--allow-empty", "-m", "change");
        return new CommitId(git("rev-parse", "HEAD"));
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
                "GIT_COMMITTER_EMAIL", "c@example.org",
                "GIT_COMMITTER_DATE", "1700000000 +0000");
        Command.Result result = new Command(all, environment, directory, "", Duration.ofSeconds(30)).run(1 << 20);
        if (result.exit() != 0) {
            throw new IllegalStateException(String.join(" ", arguments) + ": " + result.errors());
        }
        return result.text().strip();
    }
}
