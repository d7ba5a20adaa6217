package io.forgefleet.cleanup.truth;

import io.forgefleet.cleanup.rule.RefState;
import io.forgefleet.cleanup.rule.Where;
import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.ClientException.Kind;
import io.forgefleet.clients.forge.Forge;
import io.forgefleet.clients.forge.PullRequestState;
import io.forgefleet.clients.git.GitMirror;
import io.forgefleet.clients.git.GitMirrors;
import io.forgefleet.clients.git.GitRemote;
import io.forgefleet.clients.git.RemoteRefs;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.RepositoryId;
import io.forgefleet.events.image.Digest;
import io.forgefleet.events.repofile.RepositoryFile;
import io.forgefleet.events.repofile.RepositoryFileException;
import io.forgefleet.events.repofile.RepositoryFileParser;
import io.forgefleet.events.repofile.RetentionSpec;
import io.forgefleet.runtime.config.FleetConfig;
import io.forgefleet.runtime.config.ForgeConfig;
import io.forgefleet.runtime.config.RepositoryRule;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Asks forges. Thread-safe. */
public final class ForgeTruth implements AutoCloseable {

    /** So many pull requests are asked about one by one. */
    private static final int FEW = 3;

    private static final Duration GIT_TIMEOUT = Duration.ofMinutes(2);
    private static final Duration FORGE_TIMEOUT = Duration.ofSeconds(10);

    private final FleetConfig config;
    private final Ends ends;
    private final GitMirrors mirrors;
    private final Map<String, Forge> forges = new HashMap<>();
    private final BranchFiles branches = new BranchFiles();

    /** @throws IOException when the data directory cannot be used */
    public ForgeTruth(FleetConfig config, Ends ends) throws IOException {
        this.config = config;
        this.ends = ends;
        this.mirrors = new GitMirrors(config.dataDirectory().resolve("cleanup/git"), GIT_TIMEOUT);
        for (ForgeConfig forge : config.forges()) {
            if (forge.token() != null) {
                String token = forge.token().value();
                forges.put(forge.name(), Forge.open(forge.kind(), forge.url().toString(), token, FORGE_TIMEOUT));
            }
        }
    }

    /**
     * Asks about all of them.
     *
     * @param now by the ledger's clock
     * @throws ClientException when any of it cannot be told: then nothing is known
     */
    public Told of(RepositoryId repository, Collection<Where> asked, Instant now)
            throws ClientException, IOException, InterruptedException {
        ForgeConfig forge = config.forge(repository.forge()).orElse(null);
        RepositoryRule rule = config.ruleFor(repository).orElse(null);
        if (forge == null || rule == null || !config.covers(repository)) {
            throw new ClientException(
                    Kind.REFUSED,
                    repository + " is not in the configuration any more; add it, or delete its images by hand");
        }
        Forge api = forges.get(repository.forge());
        GitMirror mirror = mirror(repository, forge);
        RemoteRefs refs = refs(mirror, repository);
        Optional<String> byDefault = refs.defaultBranch();
        Optional<CommitId> head = byDefault.flatMap(refs::head);
        if (byDefault.isEmpty() || head.isEmpty()) {
            throw new ClientException(
                    Kind.REFUSED,
                    repository + " has no default branch on its forge: is it another repository of the name?");
        }
        Map<Long, CommitId> open = open(api, repository, asked);
        Map<Where, RefState> states = new HashMap<>();
        for (Where where : asked) {
            states.put(
                    where,
                    where.pullRequest() != null
                            ? pullRequest(api, where, where.pullRequest(), open, now)
                            : ref(refs, byDefault.get(), rule, where, now));
        }
        return new Told(states, retention(mirror, byDefault.get(), head.get()));
    }

    private GitMirror mirror(RepositoryId repository, ForgeConfig forge) throws IOException {
        Forge api = forges.get(repository.forge());
        GitRemote remote = api != null
                ? api.remote(repository)
                : GitRemote.anonymous(forge.url() + "/" + repository.path() + ".git");
        return mirrors.of(repository, remote);
    }

    /**
     * Which of these digests the head of any branch names in any of its files.
     *
     * @throws ClientException when any branch cannot be read
     */
    public Set<Digest> named(RepositoryId repository, Set<Digest> digests)
            throws ClientException, IOException, InterruptedException {
        ForgeConfig forge = config.forge(repository.forge())
                .orElseThrow(
                        () -> new ClientException(Kind.REFUSED, repository + " is not in the configuration any more"));
        GitMirror mirror = mirror(repository, forge);
        return branches.named(mirror, refs(mirror, repository), digests);
    }

    private static RemoteRefs refs(GitMirror mirror, RepositoryId repository)
            throws ClientException, InterruptedException {
        try {
            return mirror.refs();
        } catch (ClientException e) {
            throw e.advising("nothing of " + repository
                    + " is deleted; if it was renamed or removed, its images are to be deleted by hand");
        }
    }

    /** All that are open at once, where more than a few are asked about: a forge answers few requests in a second, and limits them. */
    private static Map<Long, CommitId> open(@Nullable Forge api, RepositoryId repository, Collection<Where> asked)
            throws ClientException, InterruptedException {
        long numbers =
                asked.stream().filter(where -> where.pullRequest() != null).count();
        return api == null || numbers <= FEW ? Map.of() : api.openPullRequests(repository);
    }

    /** @param open some of those that are; about every other one the forge is asked, since a list may miss one */
    private RefState pullRequest(@Nullable Forge api, Where where, long number, Map<Long, CommitId> open, Instant now)
            throws ClientException, InterruptedException {
        CommitId head = open.get(number);
        if (head != null) {
            ends.live(where);
            return new RefState.Live(head);
        }
        if (api == null) {
            return new RefState.Unclear("the forge has no token, so what #" + number + " is cannot be asked");
        }
        PullRequestState state;
        try {
            state = api.pullRequest(where.repository(), number);
        } catch (ClientException e) {
            if (e.kind() == Kind.NOT_FOUND) {
                return new RefState.Unclear("the forge knows no #" + number);
            }
            throw e;
        }
        return switch (state.state()) {
            case OPEN -> {
                ends.live(where);
                yield new RefState.Live(state.head());
            }
            case CLOSED -> new RefState.Ended("closed", ends.since(where, now));
            case MERGED -> new RefState.Ended("merged", ends.since(where, now));
        };
    }

    private RefState ref(RemoteRefs refs, String byDefault, RepositoryRule rule, Where where, Instant now) {
        String name = String.valueOf(where.ref());
        if (name.equals(byDefault) || where.branch().map(rule::isProtected).orElse(true)) {
            return new RefState.Lasting();
        }
        Optional<CommitId> head = refs.head(name);
        if (head.isPresent()) {
            ends.live(where);
            return new RefState.Live(head.get());
        }
        return new RefState.Ended("deleted", ends.since(where, now));
    }

    private static RetentionSpec retention(GitMirror mirror, String branch, CommitId head)
            throws ClientException, IOException, InterruptedException {
        mirror.fetch(branch, head);
        Optional<byte[]> file = mirror.read(head, List.of(RepositoryFile.PATH)).file(RepositoryFile.PATH);
        if (file.isEmpty()) {
            return RetentionSpec.UNSAID;
        }
        try {
            return RepositoryFileParser.parse(new String(file.get(), StandardCharsets.UTF_8))
                    .retention();
        } catch (RepositoryFileException e) {
            throw new ClientException(
                    Kind.REFUSED,
                    "how long images are to be kept is not known: " + RepositoryFile.PATH + " is wrong: "
                            + String.join("; ", e.errors()),
                    e);
        }
    }

    @Override
    public void close() throws IOException {
        mirrors.close();
    }
}
