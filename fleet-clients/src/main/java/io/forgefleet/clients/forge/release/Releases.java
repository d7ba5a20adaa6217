package io.forgefleet.clients.forge.release;

import io.forgefleet.clients.ClientException;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.RepositoryId;
import io.forgefleet.events.job.RunId;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * The releases of one forge. Thread-safe; calls block, are bounded, and can be repeated after they broke off anywhere. To be
 * called by one at a time for a tag: two at once could make two drafts, which the next call puts right.
 *
 * <p>The fleet knows a release as its own by a mark in its notes that names the run and its files. It changes drafts with this
 * mark only, those of an earlier run of the same tag included, and of their files those only that the mark or the plan
 * names. A published release is never changed. On GitLab, which has no drafts, the files of a run are a package of its own until
 * the release is published.
 */
public final class Releases {

    private static final int MOST_LISTED = 1000;

    private final ReleaseApi api;

    public Releases(ReleaseApi api) {
        this.api = api;
    }

    /**
     * Has the forge hold the plan's draft with all its files, whatever of it is there already.
     *
     * @throws IOException when a file of the plan cannot be read
     * @throws ClientException of kind NOT_FOUND when there is no such tag or repository, REFUSED when the tag names another
     *     commit, somebody else made a release of it, it is published with other files, or the forge takes a file by no means,
     *     UNAUTHORIZED when the token may not
     */
    public PreparedRelease prepare(RepositoryId repository, ReleasePlan plan)
            throws IOException, ClientException, InterruptedException {
        return new Preparation(api, repository, plan).prepare();
    }

    /**
     * Prepares what is not prepared, checks every file, and lets everybody see it. Of a release that is published already with
     * these files nothing is changed.
     *
     * @throws IOException as {@link #prepare}
     * @throws ClientException as {@link #prepare}
     */
    public PreparedRelease publish(RepositoryId repository, ReleasePlan plan)
            throws IOException, ClientException, InterruptedException {
        return new Preparation(api, repository, plan).publish();
    }

    /**
     * Deletes the draft that a run made, with its files. The tag stays, and so does whatever is published or another's.
     *
     * @param tag short name
     * @return whether there was one
     */
    public boolean discard(RepositoryId repository, String tag, RunId run)
            throws ClientException, InterruptedException {
        ReleasePlan.requireTag(tag);
        boolean found = false;
        for (StoredRelease release : api.find(repository, tag, run)) {
            if (release.draft()
                    && release.marker().filter(mark -> mark.run().equals(run)).isPresent()) {
                api.delete(repository, release);
                found = true;
            }
        }
        return found;
    }

    /**
     * The newest releases that are published, whoever made them, newest first by time.
     *
     * @param most how many at most, 1 to 1000
     */
    public List<PublishedRelease> published(RepositoryId repository, int most)
            throws ClientException, InterruptedException {
        if (most < 1 || most > MOST_LISTED) {
            throw new IllegalArgumentException("1 to " + MOST_LISTED + " releases can be listed, not " + most);
        }
        return api.published(repository, most);
    }

    /** The commit that a tag names on the forge now, annotated tags peeled; empty without such a tag. */
    public Optional<CommitId> tag(RepositoryId repository, String tag) throws ClientException, InterruptedException {
        ReleasePlan.requireTag(tag);
        return api.tag(repository, tag);
    }
}
