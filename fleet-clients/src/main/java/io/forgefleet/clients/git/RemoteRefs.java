package io.forgefleet.clients.git;

import io.forgefleet.events.CommitId;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the refs of a repository are on the forge at this moment.
 *
 * @param defaultBranch full name of the branch that HEAD points to, empty for a repository without commits
 * @param commits commit by full ref name; annotated tags are peeled
 */
public record RemoteRefs(Optional<String> defaultBranch, Map<String, CommitId> commits) {

    private static final String SYMREF = "ref: ";
    private static final String PEELED = "^{}";

    public RemoteRefs {
        commits = Map.copyOf(commits);
    }

    /** The commit of a ref by its full name ({@code refs/heads/main}, {@code refs/pull/7/head}); empty when it is gone. */
    public Optional<CommitId> head(String ref) {
        return Optional.ofNullable(commits.get(ref));
    }

    /** Reads what {@code git ls-remote --symref} prints. */
    static RemoteRefs parse(String text) {
        @Nullable String branch = null;
        Map<String, CommitId> commits = new LinkedHashMap<>();
        for (String line : text.lines().toList()) {
            int tab = line.indexOf('\t');
            if (tab < 0) {
                continue;
            }
            String value = line.substring(0, tab);
            String name = line.substring(tab + 1);
            if (value.startsWith(SYMREF)) {
                if (name.equals("HEAD")) {
                    branch = value.substring(SYMREF.length());
                }
            } else if (name.endsWith(PEELED)) {
                // follows the line of its tag object, whose place it takes
                commits.put(name.substring(0, name.length() - PEELED.length()), new CommitId(value));
            } else {
                commits.put(name, new CommitId(value));
            }
        }
        return new RemoteRefs(Optional.ofNullable(branch), commits);
    }
}
