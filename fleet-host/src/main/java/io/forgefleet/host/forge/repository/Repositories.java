package io.forgefleet.host.forge.repository;

import io.forgefleet.host.forge.git.GitRepository;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;

/** All repositories, each a folder {@code owner/name.git} below the root. */
public final class Repositories {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9_.-]{0,99}");

    private final Path root;
    private final AtomicLong lastId = new AtomicLong();
    private final Map<String, Repository> byName = new ConcurrentHashMap<>();

    public Repositories(Path root) {
        this.root = root;
    }

    /** Makes an empty one. */
    public Repository create(Account owner, String name, boolean isPrivate) {
        return create(owner, name, isPrivate, Optional.empty());
    }

    /** Makes one with all branches of another, from which pull requests may come. */
    public Repository fork(Repository parent, Account owner) {
        Repository fork = create(owner, parent.name(), parent.isPrivate(), Optional.of(parent));
        fork.git().takeBranches(parent.git());
        parent.pullRequests().add(fork);
        return fork;
    }

    private Repository create(Account owner, String name, boolean isPrivate, Optional<Repository> parent) {
        if (!NAME.matcher(name).matches() || name.endsWith(".git")) {
            throw new IllegalArgumentException(
                    "a repository's name has letters, digits, '.', '_', '-' and no .git at its end, got: " + name);
        }
        GitRepository git =
                GitRepository.create(root.resolve(owner.name()).resolve(name + ".git"), Repository.DEFAULT_BRANCH);
        Repository repository = new Repository(lastId.incrementAndGet(), owner, name, isPrivate, parent, git);
        byName.put(repository.fullName(), repository);
        return repository;
    }

    public Optional<Repository> find(String fullName) {
        return Optional.ofNullable(byName.get(fullName));
    }
}
