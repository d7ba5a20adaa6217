package io.forgefleet.cleanup.rule;

import io.forgefleet.events.RepositoryId;
import io.forgefleet.events.ledger.LedgerEntry;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What an image was built for: a pull request, or a ref. By number and by whole name, never by how a tag begins: pull request 2
 * is none that starts with a 2.
 *
 * @param pullRequest null for a ref
 * @param ref full name; null for a pull request
 */
public record Where(
        RepositoryId repository,
        @Nullable Long pullRequest,
        @Nullable String ref) {

    private static final String BRANCH = "refs/heads/";

    /** Empty where the ledger does not tell. */
    public static Optional<Where> of(LedgerEntry entry) {
        if (entry.pullRequest() != null) {
            return Optional.of(new Where(entry.repository(), entry.pullRequest(), null));
        }
        return Optional.ofNullable(entry.ref()).map(ref -> new Where(entry.repository(), null, ref));
    }

    /** Of a branch by its short name. */
    public static Where branch(RepositoryId repository, String name) {
        return new Where(repository, null, BRANCH + name);
    }

    /** Short name of the branch; empty for pull requests and tags. */
    public Optional<String> branch() {
        return Optional.ofNullable(ref)
                .filter(name -> name.startsWith(BRANCH))
                .map(name -> name.substring(BRANCH.length()));
    }

    /** As people write it: {@code #7}, {@code main}. */
    @Override
    public String toString() {
        return pullRequest != null ? "#" + pullRequest : String.valueOf(ref).replaceFirst("^refs/(heads|tags)/", "");
    }
}
