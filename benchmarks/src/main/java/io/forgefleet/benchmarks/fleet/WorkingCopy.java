package io.forgefleet.benchmarks.fleet;

import io.forgefleet.host.forge.repository.Account;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;

/** Somebody's clone of a repository of the forge. */
final class WorkingCopy {

    private final Path directory;
    private final Shell shell;
    private final String remote;

    private WorkingCopy(Path directory, String remote) {
        this.directory = directory;
        this.shell = new Shell(directory);
        this.remote = remote;
    }

    static WorkingCopy init(Path directory, URI url, Account account) throws IOException {
        String remote = url.toString().replace("://", "://" + account.name() + ":" + account.token() + "@");
        WorkingCopy copy = new WorkingCopy(Files.createDirectories(directory), remote);
        copy.shell.run("git", "init", "-q", "-b", "main");
        return copy;
    }

    Path directory() {
        return directory;
    }

    void write(String path, String content) throws IOException {
        Files.writeString(directory.resolve(path), content);
    }

    void copy(Path file) throws IOException {
        Files.copy(file, directory.resolve(file.getFileName()));
    }

    /** Tags a commit of the forge there. */
    void tag(String name, String commit) throws IOException {
        shell.run("git", "fetch", "-q", remote, commit);
        shell.run("git", "push", "-q", remote, commit + ":refs/tags/" + name);
    }

    /** Commits everything, makes it the branch's head on the forge, and returns its id. */
    String push(String branch) throws IOException {
        shell.run("git", "add", "-A");
        shell.run("git", "commit", "-q", "--allow-empty", "-m", "Change");
        shell.run("git", "push", "-q", "-f", remote, "HEAD:refs/heads/" + branch);
        return shell.run("git", "rev-parse", "HEAD");
    }
}
