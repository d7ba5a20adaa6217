package io.forgefleet.clients.forge.gitea;

import com.fasterxml.jackson.databind.JsonNode;
import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.ClientException.Kind;
import io.forgefleet.clients.forge.change.LabelChange;
import io.forgefleet.events.RepositoryId;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/** Changes of labels, from the timeline of a pull request. */
public final class GiteaLabels {

    private static final int PER_PAGE = 50;
    private static final int MOST_PAGES = 100;

    /**
     * A page lacks the entries that it hides, review comments and mentions in private repositories, which strangers can
     * write: a page without any entry needs not be the last.
     */
    private static final int EMPTY_AT_THE_END = 3;

    private final GiteaApi api;

    public GiteaLabels(GiteaApi api) {
        this.api = api;
    }

    /** The newest change that was made since then. */
    public Optional<LabelChange> last(RepositoryId repository, long number, Instant since)
            throws ClientException, InterruptedException {
        String tried = "read the labels of pull request " + number + " of " + repository;
        String path = "/issues/" + number + "/timeline?limit=" + PER_PAGE + "&since="
                + GiteaApi.encoded(since.truncatedTo(ChronoUnit.SECONDS).toString()) + "&page=";
        LabelChange last = null;
        int empty = 0;
        for (int page = 1; page <= MOST_PAGES; page++) {
            JsonNode entries = api.get(tried, repository, path + page);
            empty = entries.isEmpty() ? empty + 1 : 0;
            if (empty == EMPTY_AT_THE_END) {
                return Optional.ofNullable(last);
            }
            for (JsonNode entry : entries) {
                if (entry.path("type").asText().equals("label")) {
                    last = change(tried, entry);
                }
            }
        }
        throw new ClientException(
                Kind.REFUSED, "could not " + tried + ": it has more than " + MOST_PAGES + " pages of them");
    }

    /** Set where the entry has the text "1", taken away where it has none. */
    private static LabelChange change(String tried, JsonNode entry) throws ClientException {
        try {
            return new LabelChange(
                    entry.path("label").path("name").asText(""),
                    entry.path("body").asText("").equals("1"),
                    entry.path("user").path("login").asText(""),
                    OffsetDateTime.parse(entry.path("created_at").asText()).toInstant());
        } catch (DateTimeException e) {
            throw GiteaApi.notUnderstood(tried, e);
        }
    }
}
