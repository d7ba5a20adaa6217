package io.forgefleet.cleanup.truth;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.git.GitMirror;
import io.forgefleet.clients.git.RemoteRefs;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.image.Digest;
import java.io.IOException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What the files of branches name. A head that was read is not read again for the same digests. Thread-safe. */
final class BranchFiles {

    private static final String BRANCH = "refs/heads/";
    private static final int MOST_BRANCHES = 500;
    private static final int MOST_HEADS = 10_000;

    /** Of one commit. */
    private record Read(Set<Digest> asked, Set<Digest> named) {}

    private final Map<CommitId, Read> heads = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<CommitId, Read> eldest) {
            return size() > MOST_HEADS;
        }
    };

    /** Those of the digests that the head of any branch names; all of them where there are too many branches to read. */
    Set<Digest> named(GitMirror mirror, RemoteRefs refs, Set<Digest> digests)
            throws ClientException, IOException, InterruptedException {
        Map<String, CommitId> branches = refs.commits().entrySet().stream()
                .filter(each -> each.getKey().startsWith(BRANCH))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
        if (branches.size() > MOST_BRANCHES) {
            return digests;
        }
        Set<Digest> named = new HashSet<>();
        for (Map.Entry<String, CommitId> branch : branches.entrySet()) {
            named.addAll(of(mirror, branch.getKey(), branch.getValue(), digests));
        }
        named.retainAll(digests);
        return named;
    }

    private Set<Digest> of(GitMirror mirror, String branch, CommitId head, Set<Digest> digests)
            throws ClientException, IOException, InterruptedException {
        synchronized (this) {
            Read known = heads.get(head);
            if (known != null && known.asked().containsAll(digests)) {
                return known.named();
            }
        }
        mirror.fetch(branch, head);
        Set<Digest> named = mirror
                .mentions(head, digests.stream().map(Digest::value).collect(Collectors.toCollection(TreeSet::new)))
                .stream()
                .map(Digest::new)
                .collect(Collectors.toSet());
        synchronized (this) {
            heads.put(head, new Read(Set.copyOf(digests), named));
        }
        return named;
    }
}
