package io.forgefleet.clients.forge.gitlab;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.forge.change.LabelChange;
import io.forgefleet.events.RepositoryId;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Comparator;
import java.util.Objects;
import java.util.Optional;
import org.gitlab4j.api.models.LabelEvent;

/** Changes of labels, from the label events of a merge request. */
public final class GitLabLabels {

    private static final String ADD = "add";

    private final GitLabCalls calls;

    public GitLabLabels(GitLabCalls calls) {
        this.calls = calls;
    }

    /** The newest change that was made since then. */
    public Optional<LabelChange> last(RepositoryId repository, long number, Instant since)
            throws ClientException, InterruptedException {
        return calls.call(
                "read the labels of merge request " + number + " of " + repository,
                () ->
                        calls
                                .api()
                                .getResourceLabelEventsApi()
                                .getMergeRequestLabelEvents(repository.path(), number)
                                .stream()
                                .max(Comparator.comparingLong(LabelEvent::getId))
                                .map(GitLabLabels::change)
                                .filter(change -> !change.at().isBefore(since)));
    }

    private static LabelChange change(LabelEvent event) {
        return new LabelChange(
                event.getLabel() == null
                        ? ""
                        : Objects.requireNonNullElse(event.getLabel().getName(), ""),
                ADD.equals(event.getAction()),
                event.getUser() == null
                        ? ""
                        : Objects.requireNonNullElse(event.getUser().getUsername(), ""),
                OffsetDateTime.parse(event.getCreatedAt()).toInstant());
    }
}
