package io.forgefleet.host.forge.git;

import io.forgefleet.host.process.Command;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/** A bare repository. Every method runs git and blocks; safe for use by many threads, as git is. */
public final class GitRepository {

    /** Where {@link GitHttp} asks a push to list what it moved. */
    static final String UPDATES_VARIABLE = "FORGE_UPDATES";

    private static final Pattern REVISION =
            Pattern.compile("[0-9a-f]{40}([0-9a-f]{24})?|refs/[^\\s~^:?*\\[\\\\]{1,500}");
    private static final Pattern ID = Pattern.compile("[0-9a-f]{40}([0-9a-f]{24})?");
    private static final int MOST_BASES = 1_000;
    private static final Duration WITHIN = Duration.ofMinutes(1);
    private static final int MAX_OUTPUT = 16 << 20;
    private static final Map<String, String> ENVIRONMENT = Map.of(
            "GIT_CONFIG_NOSYSTEM", "1",
            "GIT_CONFIG_GLOBAL", "/dev/null",
            "GIT_TERMINAL_PROMPT", "0",
            "LC_ALL", "C.UTF-8");

    private final Path directory;
    private final Map<String, Optional<String>> bases = new ConcurrentHashMap<>();

    private GitRepository(Path directory) {
        this.directory = directory;
    }

    /**
     * Makes an empty repository.
     *
     * @param directory where there is none yet
     */
    public static GitRepository create(Path directory, String defaultBranch) {
        if (Files.exists(directory)) {
            throw new IllegalStateException("there already is a repository in " + directory);
        }
        try {
            Files.createDirectories(directory);
            GitRepository repository = new GitRepository(directory);
            repository.git("init", "--quiet", "--bare", "--initial-branch=" + defaultBranch, ".");
            for (String[] setting : new String[][] {
                {"http.receivepack", "true"},
                {"http.getanyfile", "false"},
                {"receive.hideRefs", "refs/pull"},
                {"receive.autogc", "false"},
                {"uploadpack.allowAnySHA1InWant", "true"},
                {"core.hooksPath", "hooks"},
            }) {
                repository.git("config", setting[0], setting[1]);
            }
            Path hook = Files.writeString(
                    Files.createDirectories(directory.resolve("hooks")).resolve("post-receive"),
                    "#!/bin/sh\nexec cat >\"$" + UPDATES_VARIABLE + "\"\n");
            Files.setPosixFilePermissions(hook, PosixFilePermissions.fromString("rwxr-xr-x"));
            return repository;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make a repository in " + directory, e);
        }
    }

    public Path directory() {
        return directory;
    }

    /** The commit that a full reference or a full id names, tags peeled; empty when there is none. */
    public Optional<String> commit(String revision) {
        if (!REVISION.matcher(revision).matches()) {
            return Optional.empty();
        }
        Command.Output output = run("rev-parse", "--verify", "--quiet", revision + "^{commit}");
        return output.exitCode() == 0 ? Optional.of(output.text().strip()) : Optional.empty();
    }

    /** The commit of a branch. Where git keeps it in a file of its own that is read, which is a hundred times as fast as to ask git. */
    public Optional<String> branch(String name) {
        String ref = "refs/heads/" + name;
        Path heads = directory.resolve("refs/heads");
        Path file = heads.resolve(name).normalize();
        if (REVISION.matcher(ref).matches() && file.startsWith(heads) && Files.isRegularFile(file)) {
            try {
                String id = Files.readString(file, StandardCharsets.US_ASCII).strip();
                if (ID.matcher(id).matches()) {
                    return Optional.of(id);
                }
            } catch (IOException e) {
                // moved at this moment: git knows better
            }
        }
        return commit(ref);
    }

    /** Newest commits that are reachable from {@code include} and not from {@code exclude}. */
    public List<Commit> log(String include, Optional<String> exclude, int max) {
        List<String> line = new ArrayList<>(
                List.of("log", "-z", "-n", String.valueOf(max), "--format=" + CommitFormat.FORMAT, include));
        exclude.ifPresent(id -> line.add("^" + id));
        return CommitFormat.parse(git(line.toArray(String[]::new)).text()).stream()
                .map(commit -> CommitFormat.withFiles(
                        commit,
                        git("diff-tree", "--no-commit-id", "--root", "-r", "-z", "--name-status", commit.id())
                                .text()))
                .toList();
    }

    /** Number of commits that {@link #log} would list without a bound. */
    public int count(String include, Optional<String> exclude) {
        List<String> line = new ArrayList<>(List.of("rev-list", "--count", include));
        exclude.ifPresent(id -> line.add("^" + id));
        return Integer.parseInt(git(line.toArray(String[]::new)).text().strip());
    }

    /** Content of a file in a commit; empty when it has none of this path. */
    public Optional<byte[]> file(String commit, String path) {
        Command.Output output = run("cat-file", "blob", commit + ":" + path);
        return output.exitCode() == 0 ? Optional.of(output.bytes()) : Optional.empty();
    }

    /**
     * Where two commits part; remembered, since for commits it never changes.
     *
     * @param one full id, as the other
     */
    public Optional<String> mergeBase(String one, String other) {
        if (bases.size() >= MOST_BASES) {
            bases.clear();
        }
        return bases.computeIfAbsent(one + " " + other, pair -> {
            Command.Output output = run("merge-base", one, other);
            return output.exitCode() == 0 ? Optional.of(output.text().strip()) : Optional.empty();
        });
    }

    /** Takes a commit, with what it stands on, from another repository. */
    public void take(GitRepository from, String commit) {
        git("fetch", "--quiet", "--no-tags", from.directory.toString(), commit);
    }

    /** Takes all branches of another repository. */
    public void takeBranches(GitRepository from) {
        git("fetch", "--quiet", "--no-tags", from.directory.toString(), "+refs/heads/*:refs/heads/*");
    }

    /** Points a reference at a commit, whatever it was. */
    public void setRef(String ref, String commit) {
        git("update-ref", ref, commit);
    }

    /**
     * Merges a commit into a branch.
     *
     * @return the merge commit, which the branch then names; empty when the two conflict
     * @throws IllegalStateException if the branch moved in the meantime
     */
    public Optional<String> merge(String branch, String head, String message, String author) {
        String ref = "refs/heads/" + branch;
        String base = commit(ref).orElseThrow(() -> new IllegalStateException("no branch " + branch));
        Command.Output tree = run("merge-tree", "--write-tree", base, head);
        if (tree.exitCode() == 1) {
            return Optional.empty();
        }
        String merged = git(
                        "-c",
                        "user.name=" + author,
                        "-c",
                        "user.email=" + author + "@localhost",
                        "commit-tree",
                        expectSuccess(tree, "merge-tree").text().strip(),
                        "-p",
                        base,
                        "-p",
                        head,
                        "-m",
                        message)
                .text()
                .strip();
        git("update-ref", ref, merged, base);
        return Optional.of(merged);
    }

    private Command.Output git(String... arguments) {
        return expectSuccess(run(arguments), arguments[0]);
    }

    private Command.Output expectSuccess(Command.Output output, String what) {
        if (output.exitCode() != 0) {
            throw new IllegalStateException(
                    "git %s in %s ended with %d: %s".formatted(what, directory, output.exitCode(), output.error()));
        }
        return output;
    }

    private Command.Output run(String... arguments) {
        List<String> line = new ArrayList<>(List.of("git"));
        line.addAll(List.of(arguments));
        try {
            return new Command(line, directory, ENVIRONMENT, WITHIN, MAX_OUTPUT).run();
        } catch (IOException e) {
            throw new UncheckedIOException("git " + arguments[0] + " in " + directory + " failed", e);
        }
    }
}
