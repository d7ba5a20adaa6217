package io.forgefleet.clients.forge;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.ClientException.Kind;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.RepositoryId;
import java.util.HashMap;
import java.util.Map;

/** Open pull requests as a forge lists them. For one thread. */
final class OpenPullRequests {

    private final RepositoryId repository;
    private final Map<Long, CommitId> heads = new HashMap<>();

    OpenPullRequests(RepositoryId repository) {
        this.repository = repository;
    }

    static String tried(RepositoryId repository) {
        return "list the open pull requests of " + repository;
    }

    /** @throws IllegalArgumentException when the head is no commit */
    void add(long number, String head) throws ClientException {
        heads.put(number, new CommitId(head));
        if (heads.size() > Forge.MOST_OPEN) {
            throw new ClientException(
                    Kind.REFUSED, "could not " + tried(repository) + ": there are more than " + Forge.MOST_OPEN);
        }
    }

    Map<Long, CommitId> heads() {
        return Map.copyOf(heads);
    }
}
