package io.forgefleet.clients.git;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.ClientException.Kind;
import io.forgefleet.clients.tool.Command;
import io.forgefleet.clients.tool.Folders;
import io.forgefleet.events.CommitId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The files of one commit in a folder of their own; {@link #close} removes them. */
public final class Checkout implements AutoCloseable {

    private static final int MOST_ATTRIBUTES = 1 << 20;

    /** The filter for files of submodules, which are written before anything could be installed there. */
    private static final List<String> LFS = List.of(
            "-c", "filter.lfs.process=git-lfs filter-process",
            "-c", "filter.lfs.smudge=git-lfs smudge -- %f",
            "-c", "filter.lfs.required=true");

    private final Path directory;

    private Checkout(Path directory) {
        this.directory = directory;
    }

    static Checkout of(Git git, Path mirror, Path checkouts, GitRemote remote, CommitId commit)
            throws IOException, ClientException, InterruptedException {
        Path directory =
                Files.createDirectory(checkouts.resolve(UUID.randomUUID().toString()));
        Checkout checkout = new Checkout(directory.toRealPath());
        boolean done = false;
        try {
            checkout.write(git, mirror, commit);
            boolean submodules = Files.isRegularFile(directory.resolve(".gitmodules"), LinkOption.NOFOLLOW_LINKS);
            boolean lfs = checkout.usesLfs();
            if (submodules || lfs) {
                checkout.complete(git, mirror, remote, commit, submodules, lfs);
            }
            done = true;
            return checkout;
        } finally {
            if (!done) {
                checkout.close();
            }
        }
    }

    public Path directory() {
        return directory;
    }

    /**
     * A file or folder of the checkout, symbolic links followed as long as they stay in it.
     *
     * @return empty when it is not there
     * @throws ClientException of kind REFUSED when the path or a link on it leads out of the checkout
     */
    public Optional<Path> inside(String path) throws IOException, ClientException {
        Path named = directory.resolve(path).normalize();
        @Nullable Path real;
        try {
            real = named.toRealPath();
        } catch (NoSuchFileException e) {
            real = null;
        }
        if (!named.startsWith(directory) || (real != null && !real.startsWith(directory))) {
            throw new ClientException(Kind.REFUSED, path + " leads out of the repository; use a path within it");
        }
        return Optional.ofNullable(real);
    }

    @Override
    public void close() throws IOException {
        Folders.delete(directory);
        Files.deleteIfExists(index());
    }

    /** One process: an index of its own, and every file written. */
    private void write(Git git, Path mirror, CommitId commit) throws ClientException, InterruptedException {
        git.local(
                "",
                Map.of("GIT_INDEX_FILE", index().toString()),
                List.of(
                        "--git-dir=" + mirror,
                        "--work-tree=" + directory,
                        "read-tree",
                        "--reset",
                        "-u",
                        commit.value()));
    }

    private Path index() {
        return directory.resolveSibling(directory.getFileName() + ".index");
    }

    private boolean usesLfs() throws IOException {
        return Trees.anyFile(
                directory,
                file -> file.getFileName().toString().equals(".gitattributes")
                        && Files.size(file) < MOST_ATTRIBUTES
                        && new String(Files.readAllBytes(file), StandardCharsets.UTF_8).contains("filter=lfs"));
    }

    /** What needs a repository around the files: one is made in place on the mirror's objects, and removed at the end. */
    private void complete(Git git, Path mirror, GitRemote remote, CommitId commit, boolean submodules, boolean lfs)
            throws IOException, ClientException, InterruptedException {
        String here = "--git-dir=" + directory.resolve(".git");
        String tree = "--work-tree=" + directory;
        git.local("init", "--quiet", "--template=", Git.objectFormat(commit), "--", directory.toString());
        Path objects = directory.resolve(".git").resolve("objects");
        Files.createDirectories(objects.resolve("info"));
        Files.writeString(objects.resolve("info").resolve("alternates"), mirror.resolve("objects") + "\n");
        git.local(here, "update-ref", "--no-deref", "HEAD", commit.value());
        git.local(here, "config", "remote.origin.url", remote.url());
        git.local(here, tree, "read-tree", commit.value());
        if (lfs) {
            // pull writes nothing where the filter is not installed; its configuration goes with .git
            fetch(git, remote, "its LFS objects", List.of("lfs", "install", "--local", "--skip-repo"));
            fetch(git, remote, "its LFS objects", List.of("lfs", "pull"));
        }
        if (submodules) {
            fetch(git, remote, "its submodules", List.of("submodule", "--quiet", "update", "--init", "--recursive"));
        }
        Trees.deleteNamed(directory, ".git");
    }

    private void fetch(Git git, GitRemote remote, String what, List<String> arguments)
            throws ClientException, InterruptedException {
        List<String> all = new ArrayList<>(List.of("-C", directory.toString()));
        all.addAll(LFS);
        all.addAll(arguments);
        Command.Result result = git.remote(remote, "", Map.of(), all);
        if (result.exit() != 0 && result.errors().contains("'lfs' is not a git command")) {
            throw new ClientException(
                    Kind.REFUSED,
                    remote + " keeps files in LFS and git-lfs is missing on this worker; install git-lfs");
        }
        if (result.exit() != 0) {
            throw Git.failure("fetch " + what + " of " + remote, result, remote);
        }
    }
}
