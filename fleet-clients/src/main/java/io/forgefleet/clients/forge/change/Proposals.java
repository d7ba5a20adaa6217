package io.forgefleet.clients.forge.change;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.forge.change.ProposedPullRequest.Result;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.RepositoryId;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** How a proposal gets its pull request, on every forge alike. */
public final class Proposals {

    private final ChangeApi api;

    public Proposals(ChangeApi api) {
        this.api = api;
    }

    /**
     * Opens or updates the pull request of a proposal. Repeating it changes nothing more, also after it broke off.
     *
     * @return empty when the base has these files already
     */
    public Optional<ProposedPullRequest> propose(RepositoryId repository, Proposal proposal)
            throws ClientException, InterruptedException {
        Map<String, StoredFile> before = new LinkedHashMap<>();
        Map<String, byte[]> changed = new LinkedHashMap<>();
        for (Map.Entry<String, byte[]> file : proposal.files().entrySet()) {
            Optional<StoredFile> known = api.file(repository, proposal.from(), file.getKey());
            known.ifPresent(stored -> before.put(file.getKey(), stored));
            if (!known.map(stored -> stored.has(file.getValue())).orElse(false)) {
                changed.put(file.getKey(), file.getValue());
            }
        }
        if (changed.isEmpty()) {
            return Optional.empty();
        }
        OwnPullRequest newest = api.newest(repository, proposal.base(), proposal.branch())
                .filter(pull -> !pull.merged())
                .orElse(null);
        if (newest != null && has(repository, newest.head(), proposal.files())) {
            return Optional.of(told(newest, newest.open() ? Result.UNCHANGED : Result.DECLINED));
        }
        Proposal difference = proposal.with(changed);
        if (newest != null && newest.open()) {
            // the content last: it is what tells, should this break off, that the rest has to be done again
            api.describe(repository, newest.number(), difference);
            api.write(repository, difference, before);
            return Optional.of(told(newest, Result.UPDATED));
        }
        api.write(repository, difference, before);
        return Optional.of(told(api.open(repository, difference), Result.OPENED));
    }

    private boolean has(RepositoryId repository, CommitId commit, Map<String, byte[]> files)
            throws ClientException, InterruptedException {
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            Optional<StoredFile> there = api.file(repository, commit, file.getKey());
            if (there.isEmpty() || !there.get().has(file.getValue())) {
                return false;
            }
        }
        return true;
    }

    private static ProposedPullRequest told(OwnPullRequest pull, Result result) {
        return new ProposedPullRequest(pull.number(), pull.url(), result);
    }
}
