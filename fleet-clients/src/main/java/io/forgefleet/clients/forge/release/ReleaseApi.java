package io.forgefleet.clients.forge.release;

import io.forgefleet.clients.ClientException;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.RepositoryId;
import io.forgefleet.events.image.Digest;
import io.forgefleet.events.job.RunId;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** What a forge has to do for releases. Calls are blocking, bounded, and not repeated; files are streamed. */
public interface ReleaseApi {

    /** The commit that a tag names, peeled; empty without such a tag. */
    Optional<CommitId> tag(RepositoryId repository, String tag) throws ClientException, InterruptedException;

    /** All that there is of a tag, drafts too; where a run's draft is its own, that of this run. */
    List<StoredRelease> find(RepositoryId repository, String tag, RunId run)
            throws ClientException, InterruptedException;

    /** The newest published ones, newest first, at most so many. */
    List<PublishedRelease> published(RepositoryId repository, int most) throws ClientException, InterruptedException;

    /**
     * Makes a draft.
     *
     * @param notes in place of the plan's
     */
    StoredRelease create(RepositoryId repository, ReleasePlan plan, String notes)
            throws ClientException, InterruptedException;

    /** Gives a draft the plan's title, these notes, and what else is told of it. */
    StoredRelease describe(RepositoryId repository, StoredRelease draft, ReleasePlan plan, String notes)
            throws ClientException, InterruptedException;

    /** Its files, those included that an upload left half-made. */
    List<StoredAsset> assets(RepositoryId repository, StoredRelease release)
            throws ClientException, InterruptedException;

    /** The name that the forge gives to a file. */
    String nameOf(String name);

    /** Sends a file of a name that is free. */
    StoredAsset upload(RepositoryId repository, StoredRelease draft, ReleaseAsset asset)
            throws IOException, ClientException, InterruptedException;

    /** Digest of the bytes that the forge has, which are downloaded for it. */
    Digest digest(RepositoryId repository, StoredRelease release, StoredAsset asset)
            throws ClientException, InterruptedException;

    /** Deletes a file of a draft; none is no failure. */
    void delete(RepositoryId repository, StoredRelease draft, StoredAsset asset)
            throws ClientException, InterruptedException;

    /** Deletes a draft with its files, not its tag; none is no failure. */
    void delete(RepositoryId repository, StoredRelease draft) throws ClientException, InterruptedException;

    /** Publishes a draft; the tag is there. */
    StoredRelease publish(RepositoryId repository, StoredRelease draft, ReleasePlan plan, String notes)
            throws ClientException, InterruptedException;
}
