package io.forgefleet.build.scan;

import io.forgefleet.build.place.Workplace;
import io.forgefleet.build.plan.Source;
import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.forge.PullRequestState;
import io.forgefleet.clients.git.CommitFiles;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.PullRequestEvent;
import io.forgefleet.events.RefName;
import io.forgefleet.runtime.worker.Run;
import io.forgefleet.work.gate.waiver.OpenVex;
import io.forgefleet.work.gate.waiver.Waiver;
import io.forgefleet.work.gate.waiver.WaiverException;
import io.forgefleet.work.gate.waiver.WaiverFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The waivers of a repository, and its OpenVEX documents: those of the commit, or where that is a stranger's those of the branch
 * that it wants into. A stranger does not waive what blocks a merge.
 */
final class RepositoryWaivers {

    private static final String VEX = ".forgefleet/";
    private static final int MOST_DOCUMENTS = 50;

    private RepositoryWaivers() {}

    static List<Waiver> read(Workplace place, Run run)
            throws WaiverException, IOException, ClientException, InterruptedException {
        CommitId commit = trusted(place, run);
        List<String> paths = new ArrayList<>(List.of(WaiverFile.PATH));
        place.mirror().files(commit, path -> path.startsWith(VEX) && path.endsWith(OpenVex.FILE_END)).keySet().stream()
                .limit(MOST_DOCUMENTS)
                .forEach(paths::add);
        CommitFiles files = place.mirror().read(commit, paths);
        List<Waiver> waivers = new ArrayList<>();
        for (Map.Entry<String, byte[]> file : files.files().entrySet()) {
            String text = new String(file.getValue(), StandardCharsets.UTF_8);
            waivers.addAll(
                    file.getKey().equals(WaiverFile.PATH)
                            ? WaiverFile.parse(file.getKey(), text)
                            : OpenVex.parse(file.getKey(), text));
        }
        return waivers;
    }

    private static CommitId trusted(Workplace place, Run run)
            throws IOException, ClientException, InterruptedException {
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
