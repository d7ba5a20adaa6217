package io.forgefleet.clients.git;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.ClientException.Kind;
import io.forgefleet.clients.tool.Command;
import io.forgefleet.events.CommitId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.concurrent.locks.Lock;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The bare mirror of one repository on this worker's disk, and the repository on its forge. Thread-safe. Every call
 * blocks, ends within the timeout of {@link GitMirrors}, and when its thread is interrupted ends git with all its
 * children.
 */
public final class GitMirror {

    private static final Pattern FULL_NAME = Pattern.compile("refs/[^\\x00-\\x20\\x7f~^:?*\\[\\\\]+");

    /** No line feed, which ends a question to cat-file; no leading dot segment, which git takes as relative to a tree. */
    private static final Pattern PLAIN_PATH = Pattern.compile("(?!\\.{1,2}(/|$))[^\\x00\n]+");

    private static final Pattern COMMITS = Pattern.compile("\0");

    private final Git git;
    private final Path directory;
    private final Path checkouts;
    private final GitRemote remote;

    GitMirror(Git git, Path directory, Path checkouts, GitRemote remote) {
        this.git = git;
        this.directory = directory;
        this.checkouts = checkouts;
        this.remote = remote;
    }

    /** All refs on the forge, and its default branch. One git process. */
    public RemoteRefs refs() throws ClientException, InterruptedException {
        return git.refs(remote, List.of());
    }

    /** Full name of the forge's default branch; empty while the repository has no commits. One git process. */
    public Optional<String> defaultBranch() throws ClientException, InterruptedException {
        return git.refs(remote, List.of("HEAD")).defaultBranch();
    }

    /** What a ref is on the forge now, by its full name; empty when it is gone. One git process. */
    public Optional<CommitId> head(String ref) throws ClientException, InterruptedException {
        return git.refs(remote, List.of(fullName(ref))).head(ref);
    }

    /**
     * Brings a commit into the mirror, and asks in the same exchange what its ref is on the forge now.
     *
     * @param ref full name: {@code refs/heads/main}, {@code refs/pull/7/head}
     * @return the commit that the ref names on the forge, tags peeled; empty when the ref is gone. The commit asked for
     *     is in the mirror in either case
     * @throws ClientException of kind NOT_FOUND when the forge gives the commit neither by its id nor with its ref
     */
    public Optional<CommitId> fetch(String ref, CommitId commit)
            throws IOException, ClientException, InterruptedException {
        String local = "refs/fleet/" + GitMirrors.hash(fullName(ref));
        Lock lock = git.lockOf(directory, ref);
        lock.lockInterruptibly();
        try {
            if (!Files.isDirectory(directory)) {
                GitMirrors.create(git, directory, commit);
            }
            Files.deleteIfExists(staleLockOf(local));
            String byRef = "+" + ref + ":" + local;
            Command.Result both = exchange(List.of(byRef, commit.value()));
            if (both.exit() == 0) {
                return Optional.of(headOf(ref, local));
            }
            String errors = both.errors();
            if (errors.contains("couldn't find remote ref")) {
                git.local("--git-dir=" + directory, "update-ref", "-d", local);
                Command.Result alone = exchange(List.of(commit.value()));
                if (alone.exit() != 0 && !holds(commit)) {
                    throw refused(errors) || refused(alone.errors())
                            ? gone(ref, commit)
                            : Git.failure("fetch " + commit + " of " + remote, alone, remote);
                }
                return Optional.empty();
            }
            if (refused(errors)) {
                Command.Result alone = exchange(List.of(byRef));
                if (alone.exit() != 0) {
                    throw Git.failure("fetch " + ref + " of " + remote, alone, remote);
                }
                if (!holds(commit)) {
                    throw gone(ref, commit);
                }
                return Optional.of(headOf(ref, local));
            }
            throw Git.failure("fetch " + ref + " of " + remote, both, remote);
        } finally {
            lock.unlock();
        }
    }

    /** Whether the commit is in the mirror. */
    public boolean holds(CommitId commit) throws ClientException, InterruptedException {
        return git.call("", Map.of(), List.of("--git-dir=" + directory, "cat-file", "-e", commit + "^{commit}"))
                        .exit()
                == 0;
    }

    /**
     * Reads a commit's time and some of its files, in one git process. The commit must have been fetched.
     *
     * @param paths from the root of the repository; a symbolic link is not followed
     */
    public CommitFiles read(CommitId commit, List<String> paths) throws ClientException, InterruptedException {
        List<String> plain = paths.stream()
                .filter(path -> PLAIN_PATH.matcher(path).matches())
                .toList();
        List<String> asked = new ArrayList<>();
        asked.add(commit + "^{commit}");
        plain.forEach(path -> asked.add(commit + ":" + path));
        byte[] output = git.local(
                Git.lines(asked), Map.of(), List.of("--git-dir=" + directory, "cat-file", "--batch", "--buffer"));
        return CommitFiles.parse(commit, plain, output);
    }

    /**
     * The files of a commit, in one git process. The commit must have been fetched.
     *
     * @param wanted which paths
     * @return ids of their content by path; symbolic links and submodules included, with what they name
     */
    public SortedMap<String, String> files(CommitId commit, Predicate<String> wanted)
            throws ClientException, InterruptedException {
        return TreeListing.parse(
                git.local("--git-dir=" + directory, "ls-tree", "-r", "-z", "--full-tree", commit.value()), wanted);
    }

    /**
     * Which of some texts any file of a commit has, in one git process. The commit must have been fetched; binary files are left out.
     *
     * @param texts of one line each
     */
    public Set<String> mentions(CommitId commit, SortedSet<String> texts) throws ClientException, InterruptedException {
        List<String> arguments =
                List.of("--git-dir=" + directory, "grep", "-h", "-o", "-I", "-F", "-f", "-", commit.value());
        Command.Result found = git.call(Git.lines(List.copyOf(texts)), Map.of(), arguments);
        return switch (found.exit()) {
            case 0 -> new String(found.output(), StandardCharsets.UTF_8).lines().collect(Collectors.toSet());
            case 1 -> Set.of();
            default -> throw Git.failure("search " + commit, found, null);
        };
    }

    /** Time of a commit, by its committer. */
    public Instant commitTime(CommitId commit) throws ClientException, InterruptedException {
        return read(commit, List.of()).committedAt();
    }

    /** Whether {@code ancestor} is the commit {@code of} itself or comes before it. Both must have been fetched. */
    public boolean isAncestor(CommitId ancestor, CommitId of) throws ClientException, InterruptedException {
        List<String> arguments =
                List.of("--git-dir=" + directory, "merge-base", "--is-ancestor", ancestor.value(), of.value());
        Command.Result result = git.call("", Map.of(), arguments);
        return switch (result.exit()) {
            case 0 -> true;
            case 1 -> false;
            default -> throw Git.failure("compare " + ancestor + " with " + of, result, null);
        };
    }

    /**
     * The commits that were heads after another one, newest first: along first parents, so a merge counts and what it
     * merged does not. Both must have been fetched.
     *
     * @param most after how many to stop
     */
    public List<CommitId> after(CommitId older, CommitId head, int most) throws ClientException, InterruptedException {
        byte[] output = git.local(
                "--git-dir=" + directory,
                "rev-list",
                "--first-parent",
                "--max-count=" + most,
                head.value(),
                "^" + older);
        return new String(output, StandardCharsets.US_ASCII)
                .lines()
                .map(CommitId::new)
                .toList();
    }

    /**
     * What the commits say that are in one and not in another, merges left out, newest first. Both must have been fetched.
     *
     * @param from empty for all that {@code to} stands on
     * @param most after how many to stop
     */
    public List<CommitSubject> subjects(Optional<CommitId> from, CommitId to, int most)
            throws ClientException, InterruptedException {
        List<String> line = new ArrayList<>(List.of("--git-dir=" + directory, "log", "-z", "--no-merges"));
        line.addAll(List.of("--max-count=" + most, "--format=%H %s", to.value()));
        from.ifPresent(known -> line.add("^" + known));
        return COMMITS.splitAsStream(new String(git.local("", Map.of(), line), StandardCharsets.UTF_8))
                .filter(commit -> !commit.isBlank())
                .map(commit -> commit.split(" ", 2))
                .map(parts -> new CommitSubject(new CommitId(parts[0]), parts[1]))
                .toList();
    }

    /**
     * Writes the files of a fetched commit into a folder of their own, without {@code .git}: submodules and LFS objects
     * too where the repository has them. Nothing of the repository is run.
     *
     * @param trusted whether submodules and LFS objects are fetched with the token of the forge. A stranger's commit could
     *     name any private repository as its submodule
     */
    public Checkout checkout(CommitId commit, boolean trusted)
            throws IOException, ClientException, InterruptedException {
        return Checkout.of(git, directory, checkouts, trusted ? remote : GitRemote.anonymous(remote.url()), commit);
    }

    /** Packs what many fetches left and drops what no ref reaches since two weeks. To be called now and then. */
    public void tidy() throws ClientException, InterruptedException {
        if (Files.isDirectory(directory)) {
            git.local("--git-dir=" + directory, "gc", "--quiet", "--prune=2.weeks.ago");
        }
    }

    private Command.Result exchange(List<String> refspecs) throws ClientException, InterruptedException {
        return git.remote(
                remote,
                Git.lines(refspecs),
                Map.of(),
                List.of(
                        "--git-dir=" + directory,
                        "fetch",
                        "--quiet",
                        "--no-tags",
                        "--no-write-fetch-head",
                        "--no-auto-maintenance",
                        "--no-recurse-submodules",
                        "--no-show-forced-updates",
                        "--stdin",
                        "--",
                        remote.url()));
    }

    /** What the fetch wrote: read from the file, which spares a process of the few milliseconds there are. */
    private CommitId headOf(String ref, String local) throws IOException, ClientException, InterruptedException {
        Path loose = directory.resolve(local);
        if (!ref.startsWith("refs/tags/") && Files.exists(loose)) {
            return new CommitId(
                    Files.readString(loose, StandardCharsets.US_ASCII).strip());
        }
        byte[] output = git.local("--git-dir=" + directory, "rev-parse", "--verify", "--quiet", local + "^{commit}");
        return new CommitId(new String(output, StandardCharsets.US_ASCII).strip());
    }

    /** The lock file of a ref when a fetch was killed over it, else a name that does not exist. */
    private Path staleLockOf(String local) throws IOException {
        Path file = directory.resolve(local + ".lock");
        boolean stale = Files.exists(file)
                && Files.getLastModifiedTime(file)
                        .toInstant()
                        .isBefore(Instant.now().minus(git.timeout()));
        return stale ? file : directory.resolve(local + ".none");
    }

    private static boolean refused(String errors) {
        return errors.contains("not our ref") || errors.contains("unadvertised object");
    }

    private ClientException gone(String ref, CommitId commit) {
        return new ClientException(
                Kind.NOT_FOUND,
                "commit " + commit + " is not to be had from " + remote + ", neither by its id nor with " + ref
                        + ": it was removed by a forced push, or never was in this repository");
    }

    private static String fullName(String ref) {
        if (!FULL_NAME.matcher(ref).matches()) {
            throw new IllegalArgumentException("a full ref name is expected: refs/…");
        }
        return ref;
    }
}
