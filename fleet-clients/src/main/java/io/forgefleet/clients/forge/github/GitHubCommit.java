package io.forgefleet.clients.forge.github;

import io.forgefleet.clients.forge.change.Proposal;
import io.forgefleet.events.CommitId;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.kohsuke.github.GHFileNotFoundException;
import org.kohsuke.github.GHRef;
import org.kohsuke.github.GHRepository;
import org.kohsuke.github.GHTree;
import org.kohsuke.github.GHTreeBuilder;
import org.kohsuke.github.GHTreeEntry;

/** Writes the one commit of a proposal by git's objects, one request after the other as GitHub asks for. */
final class GitHubCommit {

    private static final String EXECUTABLE = "100755";

    private final Map<String, GHTree> folders = new HashMap<>();

    private GitHubCommit(GHTree root) {
        folders.put("", root);
    }

    /** Commits and moves the branch; returns the commit. */
    static String of(GHRepository repository, Proposal proposal) throws IOException {
        GHTree root = repository.getCommit(proposal.from().value()).getTree();
        GitHubCommit known = new GitHubCommit(root);
        GHTreeBuilder tree = repository.createTree().baseTree(root.getSha());
        for (Map.Entry<String, byte[]> file : proposal.files().entrySet()) {
            tree.add(file.getKey(), file.getValue(), known.isExecutable(file.getKey()));
        }
        String commit = repository
                .createCommit()
                .message(proposal.message())
                .tree(tree.create().getSha())
                .parent(proposal.from().value())
                .create()
                .getSHA1();
        String head = new CommitId(commit).value();
        GHRef branch = branch(repository, proposal.branch());
        if (branch == null) {
            repository.createRef("refs/heads/" + proposal.branch(), head);
        } else {
            branch.updateTo(head, true);
        }
        return head;
    }

    private static @Nullable GHRef branch(GHRepository repository, String name) throws IOException {
        try {
            return repository.getRef("heads/" + name);
        } catch (GHFileNotFoundException e) {
            return null;
        }
    }

    /** A tree that is written names each file's mode anew. */
    private boolean isExecutable(String path) throws IOException {
        int slash = path.lastIndexOf('/');
        GHTree folder = folder(slash < 0 ? "" : path.substring(0, slash));
        GHTreeEntry entry = folder == null ? null : folder.getEntry(path.substring(slash + 1));
        return entry != null && EXECUTABLE.equals(entry.getMode());
    }

    private @Nullable GHTree folder(String path) throws IOException {
        GHTree known = folders.get(path);
        if (known != null) {
            return known;
        }
        int slash = path.lastIndexOf('/');
        GHTree parent = folder(slash < 0 ? "" : path.substring(0, slash));
        GHTreeEntry entry = parent == null ? null : parent.getEntry(path.substring(slash + 1));
        GHTree folder = entry == null ? null : entry.asTree();
        if (folder != null) {
            folders.put(path, folder);
        }
        return folder;
    }
}
