package io.forgefleet.local.template;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.git.TreeListing;
import io.forgefleet.clients.tool.Command;
import io.forgefleet.events.CommitId;
import io.forgefleet.local.console.CommandFailure;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Somebody's clone of a repository, read by their own git with their own configuration; nothing is written. */
final class LocalClone {

    private static final Duration TIMEOUT = Duration.ofMinutes(1);
    private static final int MOST_OUTPUT = 64 << 20;

    private final Path root;
    private final Map<String, String> environment;

    private LocalClone(Path root, Map<String, String> environment) {
        this.root = root;
        this.environment = environment;
    }

    /** @param folder anywhere in it */
    static LocalClone of(Path folder, Map<String, String> variables)
            throws CommandFailure, ClientException, InterruptedException {
        Map<String, String> environment = new HashMap<>(variables);
        environment.put("LC_ALL", "C.UTF-8");
        environment.put("GIT_OPTIONAL_LOCKS", "0");
        Command.Result root = new LocalClone(folder, environment).call("rev-parse", "--show-toplevel");
        if (root.exit() != 0) {
            throw new CommandFailure(
                    folder.toAbsolutePath().normalize() + " is in no clone of a repository: "
                            + root.errors().strip(),
                    "call it in one, or name one: -C FOLDER");
        }
        return new LocalClone(Path.of(root.text().strip()), environment);
    }

    Path root() {
        return root;
    }

    /** What a name of git's stands for: {@code HEAD}, a branch, a tag, the first digits of a commit. */
    CommitId commit(String revision) throws CommandFailure, ClientException, InterruptedException {
        Command.Result result = call("rev-parse", "--verify", "--quiet", "--end-of-options", revision + "^{commit}");
        if (result.exit() != 0) {
            throw new CommandFailure(
                    "'" + revision + "' is no commit of " + root, "is it fetched? git fetch, then call it again");
        }
        return new CommitId(result.text().strip());
    }

    /** A file as a commit has it. */
    Optional<String> file(CommitId commit, String path) throws ClientException, InterruptedException {
        Command.Result result = call("cat-file", "blob", commit + ":" + path);
        return result.exit() == 0 ? Optional.of(result.text()) : Optional.empty();
    }

    /** Ids of the files' content by path, as a commit has them. */
    SortedMap<String, String> files(CommitId commit, Predicate<String> wanted)
            throws CommandFailure, ClientException, InterruptedException {
        return TreeListing.parse(output("ls-tree", "-r", "-z", "--full-tree", commit.value()), wanted);
    }

    /** Paths of what is otherwise here than in a commit, files that git does not know yet among them. */
    List<String> changed(CommitId commit) throws CommandFailure, ClientException, InterruptedException {
        return Stream.concat(
                        paths(output("diff", "--name-only", "--no-renames", "-z", commit.value(), "--")),
                        paths(output("ls-files", "--others", "--exclude-standard", "-z")))
                .distinct()
                .sorted()
                .toList();
    }

    private static Stream<String> paths(byte[] output) {
        return Stream.of(new String(output, StandardCharsets.UTF_8).split("\0", -1))
                .filter(path -> !path.isEmpty());
    }

    /** A commit and those before it, along first parents; at most so many. */
    List<CommitId> history(CommitId commit, int most) throws CommandFailure, ClientException, InterruptedException {
        byte[] output = output("rev-list", "--first-parent", "--max-count=" + most, commit.value());
        return new String(output, StandardCharsets.US_ASCII)
                .lines()
                .map(CommitId::new)
                .toList();
    }

    /** Where it was cloned from, as git has it. */
    Optional<String> origin() throws ClientException, InterruptedException {
        Command.Result result = call("config", "--get", "remote.origin.url");
        return result.exit() == 0 ? Optional.of(result.text().strip()) : Optional.empty();
    }

    private byte[] output(String... arguments) throws CommandFailure, ClientException, InterruptedException {
        Command.Result result = call(arguments);
        if (result.exit() != 0) {
            throw new CommandFailure(
                    "git " + arguments[0] + " in " + root + " ended with " + result.exit() + ": "
                            + result.errors().strip(),
                    "");
        }
        return result.output();
    }

    private Command.Result call(String... arguments) throws ClientException, InterruptedException {
        List<String> line = new ArrayList<>(List.of("git"));
        line.addAll(List.of(arguments));
        return new Command(line, environment, root, "", TIMEOUT).run(MOST_OUTPUT);
    }
}
