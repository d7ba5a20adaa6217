package io.forgefleet.build.release;

import io.forgefleet.build.trust.Declaration;
import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.git.CommitFiles;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.RefName;
import io.forgefleet.events.repofile.ReleaseSpec;
import io.forgefleet.events.repofile.RepositoryFile;
import io.forgefleet.events.run.Outcome.Reason;
import io.forgefleet.runtime.worker.Run;
import io.forgefleet.work.image.DeclaredImages;
import io.forgefleet.work.image.Source;
import io.forgefleet.work.place.RunEndedException;
import io.forgefleet.work.place.Workplace;
import io.forgefleet.work.place.Workplaces;
import io.forgefleet.work.release.Version;
import java.io.IOException;
import java.util.Objects;
import java.util.Optional;

/**
 * The commit of a tag, and what it declares. Whether it may be released at all has been decided by who asks; that its tag still is
 * there is asked again before anything becomes public.
 */
record TaggedCommit(
        Workplace place,
        Source.Tag source,
        CommitId commit,
        CommitFiles files,
        RepositoryFile declared,
        ReleaseSpec release,
        Version version) {

    static TaggedCommit of(Run run, Workplaces workplaces)
            throws RunEndedException, IOException, ClientException, InterruptedException {
        Workplace place = workplaces
                .of(run.subject().repository())
                .orElseThrow(() -> new RunEndedException(Reason.SKIPPED, "the repository is not configured any more"));
        RefName tag = new RefName(Objects.requireNonNull(run.subject().ref(), "releases are of tags"));
        CommitId told = run.subject().commit();
        Optional<CommitId> commit = told == null ? place.mirror().head(tag.value()) : Optional.of(told);
        if (commit.isEmpty()) {
            throw new RunEndedException(Reason.CLOSED, "the tag " + tag.shortName() + " is gone");
        }
        var unused = place.mirror().fetch(tag.value(), commit.get());
        Source.Tag source = new Source.Tag(tag);
        CommitFiles files = place.mirror().read(commit.get(), DeclaredImages.PATHS);
        RepositoryFile declared = Declaration.of(place, source, files);
        Optional<Version> version = Version.ofTag(tag.shortName());
        ReleaseSpec release = declared.release();
        if (release == null || version.isEmpty()) {
            throw new RunEndedException(
                    Reason.FAILED, "the commit of " + tag.shortName() + " declares no release of this tag");
        }
        return new TaggedCommit(place, source, commit.get(), files, declared, release, version.get());
    }
}
