package io.forgefleet.build.trust;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.git.CommitFiles;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.image.TrustClass;
import io.forgefleet.events.repofile.RepositoryFile;
import io.forgefleet.events.repofile.RepositoryFileException;
import io.forgefleet.events.run.Outcome;
import io.forgefleet.work.image.DeclaredImages;
import io.forgefleet.work.image.Source;
import io.forgefleet.work.place.RunEndedException;
import io.forgefleet.work.place.Workplace;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What is declared for a commit: by itself, but for a stranger's pull request by the branch that it wants into. */
public final class Declaration {

    private Declaration() {}

    /**
     * Reads it.
     *
     * @param files of the commit, those of {@link DeclaredImages#PATHS} that it has
     * @throws RunEndedException when the repository file is wrong
     */
    public static RepositoryFile of(Workplace place, Source source, CommitFiles files)
            throws RunEndedException, IOException, ClientException, InterruptedException {
        try {
            return DeclaredImages.of(declaring(place, source, files));
        } catch (RepositoryFileException e) {
            throw new RunEndedException(Outcome.failed(String.valueOf(e.getMessage()), e.errors()));
        }
    }

    private static Map<String, byte[]> declaring(Workplace place, Source source, CommitFiles files)
            throws IOException, ClientException, InterruptedException {
        if (!(source instanceof Source.PullRequest request) || request.trust() != TrustClass.FORK) {
            return files.files();
        }
        Map<String, byte[]> declaring = new HashMap<>(files.files());
        declaring.remove(RepositoryFile.PATH);
        String ref = request.base().name().value();
        Optional<CommitId> base = place.mirror().head(ref);
        if (base.isPresent()) {
            place.mirror().fetch(ref, base.get());
            place.mirror()
                    .read(base.get(), List.of(RepositoryFile.PATH))
                    .file(RepositoryFile.PATH)
                    .ifPresent(file -> declaring.put(RepositoryFile.PATH, file));
        }
        return declaring;
    }
}
