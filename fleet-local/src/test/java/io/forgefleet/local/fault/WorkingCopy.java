package io.forgefleet.local.fault;

import io.forgefleet.host.process.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** A clone in which the tests work, and the images that its Dockerfile makes: busybox and nothing else. */
public final class WorkingCopy {

    static final Path BUSYBOX = Path.of("/bin/busybox");

    private static final Map<String, String> IDENTITY = Map.of(
            "GIT_CONFIG_GLOBAL", "/dev/null",
            "GIT_TERMINAL_PROMPT", "0",
            "GIT_AUTHOR_NAME", "Ann",
            "GIT_AUTHOR_EMAIL", "ann@example.invalid",
            "GIT_COMMITTER_NAME", "Ann",
            "GIT_COMMITTER_EMAIL", "ann@example.invalid");

    private final Path folder;

    /** A clone of an address that holds the user's name and token. */
    public WorkingCopy(Path folder, String cloneUrl) throws IOException {
        this.folder = Files.createDirectories(folder);
        git("clone", "--quiet", cloneUrl, ".");
        Files.copy(BUSYBOX, folder.resolve("busybox"));
    }

    /** A Dockerfile that no build has seen before, with this after its first steps. */
    public WorkingCopy dockerfile(String... lines) throws IOException {
        Files.writeString(folder.resolve("fresh"), UUID.randomUUID().toString());
        List<String> all = new ArrayList<>(List.of("FROM scratch", "COPY busybox /bin/busybox", "COPY fresh /fresh"));
        all.addAll(List.of(lines));
        Files.writeString(folder.resolve("Dockerfile"), String.join("\n", all) + "\n");
        return this;
    }

    public WorkingCopy file(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        return this;
    }

    /** A line for a Dockerfile that takes this long. */
    static String sleeping(int seconds) {
        return "RUN [\"/bin/busybox\", \"sleep\", \"" + seconds + "\"]";
    }

    /** Commits everything to a branch, pushes it, and returns the commit. */
    public String push(String branch) throws IOException {
        git("checkout", "--quiet", "-B", branch);
        git("add", "--all");
        git("commit", "--quiet", "--message", "a change");
        git("push", "--quiet", "--force", "origin", branch);
        return git("rev-parse", "HEAD").strip();
    }

    /** Tags the commit that is checked out, and pushes the tag. */
    void tag(String name) throws IOException {
        git("tag", name);
        git("push", "--quiet", "origin", name);
    }

    /** Deletes a branch where it was pushed to. */
    public void delete(String branch) throws IOException {
        git("push", "--quiet", "origin", "--delete", branch);
    }

    private String git(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("git"));
        command.addAll(List.of(arguments));
        Command.Output output = new Command(command, folder, IDENTITY, Duration.ofMinutes(1), 1 << 20).run();
        if (output.exitCode() != 0) {
            throw new IOException("git " + String.join(" ", arguments) + " failed: " + output.error());
        }
        return output.text();
    }
}
