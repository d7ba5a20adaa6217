package io.forgefleet.build.scan;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.forge.PullRequestState;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.PullRequestEvent;
import io.forgefleet.events.RefName;
import io.forgefleet.runtime.worker.Run;
import io.forgefleet.work.image.Source;
import io.forgefleet.work.place.Workplace;
import java.io.IOException;
import java.util.Objects;
import java.util.Optional;

/**
 * Whose waivers count for a run: its commit's, or where that is a stranger's those of the branch that it wants into. A stranger
 * does not waive what blocks a merge.
 */
final class TrustedCommit {

    private TrustedCommit() {}

    /** Finds it; it is in the mirror then. */
    static CommitId of(Workplace place, Run run) throws IOException, ClientException, InterruptedException {
        CommitId commit = Objects.requireNonNull(run.subject().commit(), "images are of commits");
        String ref = run.subject().headRef(place.forge().kind());
        Long number = run.subject().pullRequest();
        if (number != null) {
            Optional<PullRequestState> now = place.pullRequest(number);
            if (now.map(PullRequestState::fork).orElse(Source.isFork(run.event()))) {
                RefName base = now.map(state -> RefName.branch(state.baseBranch()))
                        .or(() -> run.event() instanceof PullRequestEvent request
                                ? Optional.of(request.base())
                                : Optional.empty())
                        .orElseThrow(() -> new ClientException(
                                ClientException.Kind.UNAVAILABLE,
                                "the forge does not say where the pull request wants into, whose waivers count"));
                ref = base.value();
                commit = place.mirror()
                        .head(ref)
                        .orElseThrow(() -> new ClientException(
                                ClientException.Kind.NOT_FOUND, "the branch is gone that the pull request wants into"));
            }
        }
        var unused = place.mirror().fetch(ref, commit);
        return commit;
    }
}
