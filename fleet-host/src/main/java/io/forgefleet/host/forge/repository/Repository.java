package io.forgefleet.host.forge.repository;

import io.forgefleet.host.forge.git.GitRepository;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** A repository and what belongs to it. Safe for use by many threads. */
public final class Repository {

    /** Of every repository here. */
    public static final String DEFAULT_BRANCH = "main";

    private final long id;
    private final Account owner;
    private final String name;
    private final boolean isPrivate;
    private final Optional<Repository> parent;
    private final GitRepository git;
    private final Statuses statuses;
    private final PullRequests pullRequests;
    private final Releases releases;
    private final Map<String, Permission> permissions = new ConcurrentHashMap<>();
    private final Instant createdAt = Instant.now();
    private volatile Instant updatedAt = createdAt;

    Repository(long id, Account owner, String name, boolean isPrivate, Optional<Repository> parent, GitRepository git) {
        this.id = id;
        this.owner = owner;
        this.name = name;
        this.isPrivate = isPrivate;
        this.parent = parent;
        this.git = git;
        this.statuses = new Statuses(owner.name() + "/" + name);
        this.pullRequests = new PullRequests(git);
        this.releases = new Releases(git.directory().resolveSibling(name + ".attachments"));
        permissions.put(owner.name(), Permission.OWNER);
    }

    public long id() {
        return id;
    }

    public Account owner() {
        return owner;
    }

    public String name() {
        return name;
    }

    /** {@code owner/name}. */
    public String fullName() {
        return owner.name() + "/" + name;
    }

    /** Whether only those who were given a permission may read it. */
    public boolean isPrivate() {
        return isPrivate;
    }

    /** What it is a fork of. */
    public Optional<Repository> parent() {
        return parent;
    }

    public GitRepository git() {
        return git;
    }

    public Statuses statuses() {
        return statuses;
    }

    public PullRequests pullRequests() {
        return pullRequests;
    }

    public Releases releases() {
        return releases;
    }

    public Instant createdAt() {
        return createdAt;
    }

    /** Last push. */
    public Instant updatedAt() {
        return updatedAt;
    }

    public void touch() {
        updatedAt = Instant.now();
    }

    public void grant(Account account, Permission permission) {
        permissions.put(account.name(), permission);
    }

    /** What somebody, or anybody, may do. */
    public Permission permissionOf(Optional<Account> account) {
        Permission least = isPrivate ? Permission.NONE : Permission.READ;
        return account.map(a -> permissions.getOrDefault(a.name(), least)).orElse(least);
    }
}
