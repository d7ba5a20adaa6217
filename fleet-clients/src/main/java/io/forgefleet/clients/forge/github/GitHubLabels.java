package io.forgefleet.clients.forge.github;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.forge.change.LabelChange;
import io.forgefleet.events.RepositoryId;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.kohsuke.github.GHIssueEvent;

/** Changes of labels, from the events of a pull request. */
public final class GitHubLabels {

    private static final String LABELED = "labeled";
    private static final Set<String> CHANGES = Set.of(LABELED, "unlabeled");
    private static final int PER_PAGE = 100;

    private final GitHubApi api;

    public GitHubLabels(GitHubApi api) {
        this.api = api;
    }

    /** The newest change that was made since then. */
    public Optional<LabelChange> last(RepositoryId repository, long number, Instant since)
            throws ClientException, InterruptedException {
        return api.call("read the labels of pull request " + number + " of " + repository, () -> {
            List<GHIssueEvent> events = api.repository(repository)
                    .getPullRequest(Math.toIntExact(number))
                    .listEvents()
                    .withPageSize(PER_PAGE)
                    .toList();
            return events.stream()
                    .filter(event -> CHANGES.contains(event.getEvent()))
                    .max(Comparator.comparingLong(GHIssueEvent::getId))
                    .map(GitHubLabels::change)
                    .filter(change -> !change.at().isBefore(since));
        });
    }

    private static LabelChange change(GHIssueEvent event) {
        return new LabelChange(
                event.getLabel() == null
                        ? ""
                        : Objects.requireNonNullElse(event.getLabel().getName(), ""),
                LABELED.equals(event.getEvent()),
                event.getActor() == null ? "" : event.getActor().getLogin(),
                event.getCreatedAt().toInstant());
    }
}
