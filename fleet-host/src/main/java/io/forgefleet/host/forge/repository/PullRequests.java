package io.forgefleet.host.forge.repository;

import io.forgefleet.host.forge.git.GitRepository;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** A repository's pull requests and their {@code refs/pull/N/head}. Runs git and blocks; one change at a time. */
public final class PullRequests {

    private static final int MAX = 10_000;

    /** Where a head is: {@code branch}, or {@code owner:branch} of a fork. */
    private record Head(Optional<Repository> fork, String branch) {}

    private final GitRepository git;
    private final Map<String, Repository> forks = new ConcurrentHashMap<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Long, PullRequest> byNumber = new TreeMap<>();

    PullRequests(GitRepository git) {
        this.git = git;
    }

    /** Lets pull requests come from a fork. */
    void add(Repository fork) {
        forks.put(fork.owner().name(), fork);
    }

    /**
     * Opens one; both branches have to exist, and not to be those of another open one.
     *
     * @param from a branch, or {@code owner:branch} of a fork
     */
    public PullRequest open(Account author, String title, String body, String from, String base) {
        if (title.isBlank()) {
            throw new RefusedException(422, "a pull request needs a title");
        }
        return locked(() -> {
            Head head = head(from);
            String headSha = sha(head.fork(), head.branch());
            String baseSha = branch(base);
            if (headSha.equals(baseSha)) {
                throw new RefusedException(422, "there are no commits between " + base + " and " + from);
            }
            find(p -> p.isOpen()
                            && p.head().equals(head.branch())
                            && p.fork().equals(head.fork())
                            && p.base().equals(base))
                    .ifPresent(p -> {
                        throw new RefusedException(
                                409, "pull request already exists for these targets [id: " + p.number() + "]");
                    });
            if (byNumber.size() == MAX) {
                throw new RefusedException(422, "this small forge holds " + MAX + " pull requests in a repository");
            }
            Instant now = Instant.now();
            PullRequest opened = new PullRequest(
                    byNumber.size() + 1L,
                    author,
                    title,
                    body,
                    head.fork(),
                    head.branch(),
                    headSha,
                    base,
                    0,
                    now,
                    now,
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty());
            point(opened, headSha);
            return keep(opened);
        });
    }

    public PullRequest get(long number) {
        return locked(() ->
                find(p -> p.number() == number).orElseThrow(() -> RefusedException.unknown("pull request " + number)));
    }

    /** Newest first. */
    public List<PullRequest> list(Predicate<PullRequest> which) {
        return locked(() -> new ArrayList<>(byNumber.values())
                .reversed().stream().filter(which).toList());
    }

    /** Changes title, text and base branch; an empty value leaves what is. */
    public PullRequest edit(long number, Optional<String> title, Optional<String> body, Optional<String> base) {
        return locked(() -> {
            PullRequest old = get(number);
            base.ifPresent(this::branch);
            return keep(old.withText(title.orElse(old.title()), body.orElse(old.body()), base.orElse(old.base())));
        });
    }

    /** Closes or reopens; reopened, it has the newest commit of its branch. */
    public PullRequest setOpen(long number, boolean open) {
        return locked(() -> {
            PullRequest old = get(number);
            if (old.isMerged()) {
                throw new RefusedException(412, "pull request " + number + " is merged");
            }
            if (!open) {
                return keep(old.withClosed(Optional.of(Instant.now())));
            }
            String sha = sha(old.fork(), old.head());
            point(old, sha);
            return keep(old.withHead(sha).withClosed(Optional.empty()));
        });
    }

    public PullRequest commented(long number) {
        return locked(() -> {
            PullRequest old = get(number);
            return keep(old.withComments(old.comments() + 1));
        });
    }

    /** Merges the head into the base branch by a merge commit. */
    public PullRequest merge(long number, Account by) {
        return locked(() -> {
            PullRequest old = get(number);
            if (!old.isOpen()) {
                throw new RefusedException(405, "pull request " + number + " is closed");
            }
            String message = "Merge pull request '%s' (#%d) from %s into %s"
                    .formatted(old.title(), number, old.head(), old.base());
            String merged = git.merge(old.base(), old.headSha(), message, by.name())
                    .orElseThrow(() -> new RefusedException(409, "merging " + old.head() + " conflicts"));
            return keep(old.withMerge(merged, by));
        });
    }

    /**
     * Gives the open pull requests of a branch the branch's newest commit; returns those that changed.
     *
     * @param fork the branch's repository, where that is not this one
     */
    public List<PullRequest> follow(Optional<Repository> fork, String branch) {
        return locked(() -> {
            Optional<String> sha = fork.map(Repository::git).orElse(git).branch(branch);
            List<PullRequest> changed = new ArrayList<>();
            for (PullRequest pull : List.copyOf(byNumber.values())) {
                if (pull.isOpen() && pull.head().equals(branch) && pull.fork().equals(fork)) {
                    if (sha.isEmpty()) {
                        changed.add(keep(pull.withClosed(Optional.of(Instant.now()))));
                    } else if (!sha.get().equals(pull.headSha())) {
                        point(pull, sha.get());
                        changed.add(keep(pull.withHead(sha.get())));
                    }
                }
            }
            return changed;
        });
    }

    private Head head(String text) {
        int colon = text.indexOf(':');
        if (colon < 0) {
            return new Head(Optional.empty(), text);
        }
        Repository fork = forks.get(text.substring(0, colon));
        if (fork == null) {
            throw RefusedException.unknown("a fork of " + text.substring(0, colon));
        }
        return new Head(Optional.of(fork), text.substring(colon + 1));
    }

    private String branch(String name) {
        return sha(Optional.empty(), name);
    }

    private String sha(Optional<Repository> fork, String branch) {
        return fork.map(Repository::git)
                .orElse(git)
                .branch(branch)
                .orElseThrow(() -> RefusedException.unknown("branch " + branch));
    }

    /** Has the pull request's reference name a commit, which a fork may have to give first. */
    private void point(PullRequest pull, String sha) {
        pull.fork().ifPresent(fork -> git.take(fork.git(), sha));
        git.setRef(pull.ref(), sha);
    }

    private Optional<PullRequest> find(Predicate<PullRequest> which) {
        return byNumber.values().stream().filter(which).findFirst();
    }

    private PullRequest keep(PullRequest pull) {
        byNumber.put(pull.number(), pull);
        return pull;
    }

    private <T> T locked(Supplier<T> change) {
        lock.lock();
        try {
            return change.get();
        } finally {
            lock.unlock();
        }
    }
}
