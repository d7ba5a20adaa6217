package io.forgefleet.clients.git;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.tool.Folders;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.RepositoryId;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;

/**
 * The bare mirrors of a worker, one per repository, and the place of its checkouts. Several processes may share the
 * directory. Thread-safe.
 *
 * <p>{@link #close} removes the checkouts of this process; those of a process that was killed go when the next one starts.
 */
public final class GitMirrors implements AutoCloseable {

    private final Path mirrors;
    private final Path checkouts;
    private final FileLock lock;
    private final Git git;

    /**
     * @param directory made when it is not there; holds what can be fetched anew
     * @param timeout for each git command that talks to a forge, at most
     */
    public GitMirrors(Path directory, Duration timeout) throws IOException {
        Path root = Files.createDirectories(directory.toAbsolutePath());
        this.mirrors = Files.createDirectories(root.resolve("mirrors"));
        Path all = Files.createDirectories(root.resolve("checkouts"));
        removeLeftBehind(all);
        Path own = all.resolve(UUID.randomUUID().toString());
        // locked before it is there, so that no other process takes it for left behind
        this.lock = FileChannel.open(lockOf(own), StandardOpenOption.CREATE, StandardOpenOption.WRITE)
                .lock();
        this.checkouts = Files.createDirectory(own);
        this.git = Git.configuredIn(root, timeout);
    }

    /**
     * The mirror of a repository; empty on disk until its first fetch.
     *
     * @param remote where it is fetched from now; with the token of the moment
     */
    public GitMirror of(RepositoryId repository, GitRemote remote) {
        String folder = repository.name() + "-" + hash(repository.toString()).substring(0, 16) + ".git";
        return new GitMirror(git, mirrors.resolve(folder), checkouts, remote);
    }

    /** Refs of a repository that needs no mirror. */
    public RemoteRefs refs(GitRemote remote) throws ClientException, InterruptedException {
        return git.refs(remote, List.of());
    }

    @Override
    public void close() throws IOException {
        lock.acquiredBy().close();
        Folders.delete(checkouts);
        Files.deleteIfExists(lockOf(checkouts));
    }

    /** A folder whose lock can be had belongs to a process that is no more. */
    private static void removeLeftBehind(Path all) throws IOException {
        for (Path folder : Trees.list(all)) {
            if (!Files.isDirectory(folder)) {
                continue;
            }
            try (FileChannel channel =
                            FileChannel.open(lockOf(folder), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock free = channel.tryLock()) {
                if (free != null) {
                    Folders.delete(folder);
                    Files.deleteIfExists(lockOf(folder));
                }
            } catch (OverlappingFileLockException e) {
                // another instance within this process
            }
        }
    }

    private static Path lockOf(Path folder) {
        return folder.resolveSibling(folder.getFileName() + ".lock");
    }

    /** Hexadecimal SHA-256: a name that any file system takes. */
    static String hash(String name) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** Makes an empty mirror in one step, so that no half-made one is ever seen. */
    static void create(Git git, Path directory, CommitId example)
            throws IOException, ClientException, InterruptedException {
        Path fresh = directory.resolveSibling("." + directory.getFileName() + "-" + UUID.randomUUID());
        git.local("init", "--quiet", "--bare", "--template=", Git.objectFormat(example), "--", fresh.toString());
        try {
            Files.move(fresh, directory, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileSystemException e) {
            Folders.delete(fresh);
            if (!Files.isDirectory(directory)) {
                throw e;
            }
            // else another fetch was faster, and its mirror does as well
        }
    }
}
