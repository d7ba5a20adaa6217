package io.forgefleet.release.saga;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.registry.FilesArtifact;
import io.forgefleet.clients.registry.Manifest;
import io.forgefleet.clients.registry.Manifest.Descriptor;
import io.forgefleet.events.image.Digest;
import io.forgefleet.events.wire.Json;
import io.forgefleet.events.wire.MalformedRecordException;
import io.forgefleet.work.image.ImageName;
import io.forgefleet.work.place.Workplace;
import io.forgefleet.work.release.ReleaseTargets;
import io.forgefleet.work.release.Version;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The releases of one repository, in its registry: each is an artifact under its version, whose first file says how far it is and
 * whose others are all that it made. Thread-safe; to be written to by the owner of the release's claim only.
 */
public final class SagaStore {

    /** Of the artifact. */
    public static final String TYPE = "application/vnd.forgefleet.release.v1";

    private static final String STATE = "application/vnd.forgefleet.release.saga.v1+json";
    private static final String STATE_NAME = "saga.json";
    private static final int MOST_RELEASES = 10_000;

    private final Workplace place;
    private final ImageName name;
    private final Path folder;

    /** @param folder for files that are worked on; there already */
    public SagaStore(Workplace place, Path folder) {
        this.place = place;
        this.name = ReleaseTargets.files(place);
        this.folder = folder;
    }

    /** Where releases are kept. */
    public ImageName name() {
        return name;
    }

    /** Reads one; empty when there is none of this version. */
    public Optional<Saga> load(String version) throws ClientException, InterruptedException {
        Manifest manifest = place.manifest(name, version).orElse(null);
        if (manifest == null) {
            return Optional.empty();
        }
        Descriptor state = manifest.descriptors().stream()
                .filter(each -> each.mediaType().equals(STATE))
                .findFirst()
                .orElseThrow(() -> unreadable(version, "it is no release of this fleet", null));
        try {
            return Optional.of(Json.read(place.registry().blob(name.repository(), state.digest()), Saga.class));
        } catch (MalformedRecordException e) {
            throw unreadable(version, String.valueOf(e.getMessage()), e);
        }
    }

    private ClientException unreadable(String version, String why, @Nullable Throwable cause) {
        return new ClientException(
                ClientException.Kind.REFUSED, name.tagged(version) + " cannot be read: " + why, cause);
    }

    /**
     * Writes one; whoever resumes it finds this then.
     *
     * @return digest of the artifact
     */
    public Digest save(Saga saga) throws IOException, ClientException, InterruptedException {
        Path file = Files.createTempFile(folder, "saga", ".json");
        try {
            Files.write(file, Json.write(saga));
            List<Descriptor> files = new ArrayList<>();
            files.add(FilesArtifact.upload(place.registry(), name.repository(), file, STATE_NAME, STATE));
            saga.files()
                    .forEach(each -> files.add(new Descriptor(
                            each.mediaType(),
                            each.digest(),
                            each.size(),
                            Map.of("org.opencontainers.image.title", each.name()))));
            return new FilesArtifact(TYPE, files).push(place.registry(), name.repository(), saga.version(), folder);
        } finally {
            Files.deleteIfExists(file);
        }
    }

    /** Keeps a file, which is there by its digest from now on, and for good with the next {@link #save}. */
    public KeptFile keep(Path file, KeptFile.Kind kind, String title, String mediaType, Digest about)
            throws IOException, ClientException, InterruptedException {
        Descriptor kept = FilesArtifact.upload(place.registry(), name.repository(), file, title, mediaType);
        Path here = at(kept.digest(), title);
        if (!file.equals(here)) {
            Files.createDirectories(here.resolveSibling(""));
            Files.copy(file, here, StandardCopyOption.REPLACE_EXISTING);
        }
        return new KeptFile(kind, title, mediaType, kept.digest(), kept.size(), about);
    }

    /** A kept file on this machine, under its name, for as long as the folder is there. */
    public Path fetch(KeptFile file) throws IOException, ClientException, InterruptedException {
        Path here = at(file.digest(), file.name());
        if (!Files.exists(here)) {
            Files.createDirectories(here.resolveSibling(""));
            Path fresh = Files.createTempFile(folder, "file", "");
            place.registry().download(name.repository(), file.digest(), fresh);
            Files.move(fresh, here, StandardCopyOption.ATOMIC_MOVE);
        }
        return here;
    }

    private Path at(Digest digest, String title) {
        return folder.resolve(digest.value().substring("sha256:".length())).resolve(title);
    }

    /** The versions of which anything may be public, later than one. */
    public List<Saga> publicAfter(Version version) throws ClientException, InterruptedException {
        List<Saga> later = new ArrayList<>();
        for (String tag : place.registry().tags(name.repository(), MOST_RELEASES)) {
            Optional<Version> other = Version.ofTag(tag);
            if (other.isPresent() && other.get().compareTo(version) > 0) {
                load(tag).filter(Saga::isPublic).ifPresent(later::add);
            }
        }
        return later;
    }
}
