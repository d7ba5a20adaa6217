package io.forgefleet.build.template;

import io.forgefleet.build.ciimage.CiImageSearch;
import io.forgefleet.build.image.TagSearch.Target;
import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.registry.DockerCredentials;
import io.forgefleet.clients.registry.Registry;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.image.Digest;
import io.forgefleet.events.image.ImageReference;
import io.forgefleet.events.image.TrustClass;
import io.forgefleet.events.repofile.CiImageSpec;
import io.forgefleet.events.repofile.RepositoryFile;
import io.forgefleet.events.run.Outcome.Reason;
import io.forgefleet.runtime.worker.ParkedException;
import io.forgefleet.runtime.worker.Run;
import io.forgefleet.work.place.Registries;
import io.forgefleet.work.place.RunEndedException;
import io.forgefleet.work.place.Workplace;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/** Finds the image, and its digest, that a template's command runs in. Thread-safe. */
public final class CommandImages {

    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    private final Registries registries;
    private final DockerCredentials credentials;
    private final Duration between;
    private final Duration longest;

    /**
     * @param between how often a CI image that is not there is looked for
     * @param longest how long it is waited for
     */
    public CommandImages(Registries registries, DockerCredentials credentials, Duration between, Duration longest) {
        this.registries = registries;
        this.credentials = credentials;
        this.between = between;
        this.longest = longest;
    }

    /**
     * Finds it.
     *
     * @param named as the repository file has it
     * @throws ParkedException while a CI image is not there that may be built just now
     */
    public CommandImage find(
            Run run, Workplace place, TrustClass trust, CommitId commit, RepositoryFile declared, String named)
            throws RunEndedException, ParkedException, ClientException, InterruptedException {
        for (CiImageSpec image : declared.ciImages()) {
            if (image.name().equals(named)) {
                return ofCommit(run, place, trust, commit, image);
            }
        }
        return find(place.rule().baseImages().getOrDefault(named, named));
    }

    /** An image that is named by its registry's name for it, or docker's. */
    CommandImage find(String stands) throws RunEndedException, ClientException, InterruptedException {
        ImageReference reference = ImageReference.parse(stands)
                .filter(named -> named.tag() != null || named.digest() != null)
                .orElseThrow(() -> new RunEndedException(
                        Reason.FAILED, "'" + stands + "' is no name of an image with a tag or a digest"));
        Digest digest = reference.digest();
        return new CommandImage(reference.repository(), digest == null ? resolved(reference) : digest);
    }

    private CommandImage ofCommit(Run run, Workplace place, TrustClass trust, CommitId commit, CiImageSpec image)
            throws RunEndedException, ParkedException, ClientException, InterruptedException {
        Optional<Target> there = CiImageSearch.there(place, trust, commit, image);
        if (there.isPresent()) {
            Digest digest = Objects.requireNonNull(there.get().present(), "it is there");
            return new CommandImage(there.get().name().reference(), digest);
        }
        if (trust == TrustClass.FORK) {
            throw new RunEndedException(
                    Reason.SKIPPED,
                    "the CI image " + image.name()
                            + " of this pull request's inputs is not there, and strangers' code makes" + " none");
        }
        if (Duration.between(run.startedAt(), Instant.now()).compareTo(longest) > 0) {
            throw new RunEndedException(
                    Reason.FAILED,
                    "the CI image " + image.name() + " did not come within " + longest.toMinutes()
                            + " min: its status says why; ask for the database again when it is there");
        }
        throw new ParkedException(between, "waits for the CI image " + image.name());
    }

    private Digest resolved(ImageReference reference) throws RunEndedException, ClientException, InterruptedException {
        String tag = Objects.requireNonNull(reference.tag(), "it has a tag where it has no digest");
        Optional<Registries.Place> configured = registries.find(reference.repository());
        Optional<Digest> digest = configured.isPresent()
                ? configured.get().registry().digest(configured.get().path(), tag)
                : new Registry(reference.host(), reference.isLoopback(), credentials, TIMEOUT)
                        .digest(reference.path(), tag);
        return digest.orElseThrow(() -> new RunEndedException(
                Reason.FAILED, "the image " + reference.repository() + ":" + tag + " is not in its registry"));
    }
}
