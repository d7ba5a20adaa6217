package io.forgefleet.events.run;

import io.forgefleet.events.CommitId;
import io.forgefleet.events.EventId;
import io.forgefleet.events.ForgeKind;
import io.forgefleet.events.RepositoryId;
import io.forgefleet.events.job.WorkerKind;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a run is about; never changes during the run.
 *
 * @param kind which workers do it
 * @param event the event it comes from
 * @param target what it makes
 * @param commit the commit it works on; null where the event names none
 * @param ref full branch or tag name; null for pull requests
 * @param pullRequest number of the pull request; null for pushes
 * @param replay whether somebody asked for it again
 */
public record RunSubject(
        WorkerKind kind,
        EventId event,
        RepositoryId repository,
        String target,
        @Nullable CommitId commit,
        @Nullable String ref,
        @Nullable Long pullRequest,
        boolean replay) {

    /** The same with another target. */
    public RunSubject making(String other) {
        return new RunSubject(kind, event, repository, other, commit, ref, pullRequest, replay);
    }

    /**
     * The ref whose head it is about, in the repository itself also where the code is of a fork: a fork's own URL is never asked.
     *
     * @param forge kind of the repository's forge
     */
    public String headRef(ForgeKind forge) {
        if (pullRequest == null) {
            return Objects.requireNonNull(ref, "a run is about a branch, a tag or a pull request");
        }
        return "refs/" + (forge == ForgeKind.GITLAB ? "merge-requests/" : "pull/") + pullRequest + "/head";
    }

    /** The ref or pull request in a few characters, as people write it: {@code #7} or {@code main}. */
    public String where() {
        if (pullRequest != null) {
            return "#" + pullRequest;
        }
        return ref == null ? "" : ref.replaceFirst("^refs/(heads|tags)/", "");
    }
}
