package io.forgefleet.host.forge.repository;

import io.forgefleet.host.forge.git.GitRepository;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** A repository's pull requests and their {@code refs/pull/N/head}. Runs git and blocks; one change at a time. */
public final class PullRequests {

    private static final int MAX = 10_000;

    private final GitRepository git;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Long, PullRequest> byNumber = new TreeMap<>();

    PullRequests(GitRepository git) {
        this.git = git;
    }

    /** Opens one; both branches have to exist, and not to be those of another open one. */
    public PullRequest open(Account author, String title, String body, String head, String base) {
        if (title.isBlank()) {
            throw new RefusedException(422, "a pull request needs a title");
        }
        return locked(() -> {
            String headSha = branch(head);
            String baseSha = branch(base);
            if (headSha.equals(baseSha)) {
                throw new RefusedException(422, "there are no commits between " + base + " and " + head);
            }
            find(p -> p.isOpen() && p.head().equals(head) && p.base().equals(base))
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
                    head,
                    headSha,
                    base,
                    0,
                    now,
                    now,
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty());
            git.setRef(opened.ref(), headSha);
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
            String sha = branch(old.head());
            git.setRef(old.ref(), sha);
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

    /** Gives the open pull requests of a branch the branch's newest commit; returns those that changed. */
    public List<PullRequest> follow(String branch) {
        return locked(() -> {
            Optional<String> sha = git.branch(branch);
            List<PullRequest> changed = new ArrayList<>();
            for (PullRequest pull : List.copyOf(byNumber.values())) {
                if (pull.isOpen() && pull.head().equals(branch)) {
                    if (sha.isEmpty()) {
                        changed.add(keep(pull.withClosed(Optional.of(Instant.now()))));
                    } else if (!sha.get().equals(pull.headSha())) {
                        git.setRef(pull.ref(), sha.get());
                        changed.add(keep(pull.withHead(sha.get())));
                    }
                }
            }
            return changed;
        });
    }

    private String branch(String name) {
        return git.branch(name).orElseThrow(() -> RefusedException.unknown("branch " + name));
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
