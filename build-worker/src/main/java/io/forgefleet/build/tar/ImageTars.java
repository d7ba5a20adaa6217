package io.forgefleet.build.tar;

import io.forgefleet.build.builder.Builder;
import io.forgefleet.clients.ClientException;
import io.forgefleet.events.image.Digest;
import io.forgefleet.events.run.ImageTar;
import io.forgefleet.runtime.config.RepositoryRule.KeepTar;
import io.forgefleet.runtime.download.Download;
import io.forgefleet.runtime.worker.DependencyAwayException;
import io.forgefleet.runtime.worker.Run;
import io.forgefleet.work.place.Attempts;
import java.io.IOException;
import java.net.URI;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Keeps images of runs as files where the repository's rule wants it, and tells the run. That there is none is never what a run
 * fails for. Thread-safe.
 */
public final class ImageTars {

    private static final String TYPE = "application/x-tar";

    private final TarStore store;
    private final URI worker;
    private final Attempts attempts;

    /** @param worker base address of this worker for the fleet's other services */
    public ImageTars(TarStore store, URI worker, Attempts attempts) {
        this.store = store;
        this.worker = worker;
        this.attempts = attempts;
    }

    /**
     * Keeps images that are in their registries now.
     *
     * @param images by their names in the repository's file
     */
    public void pushed(Run run, KeepTar wanted, Builder builder, Map<String, Builder.Product> images)
            throws InterruptedException {
        if (wanted == KeepTar.ON && !images.isEmpty()) {
            run.begin("keep as tar");
            run.detail(keep(run, builder, images));
        }
    }

    /**
     * Keeps images that could not be pushed, once no further attempt will.
     *
     * @return the failure, with the place of the files in its words
     */
    public ClientException notPushed(
            Run run, KeepTar wanted, Builder builder, Map<String, Builder.Product> images, ClientException failure)
            throws InterruptedException {
        if (wanted == KeepTar.OFF || !attempts.isLast(run, failure)) {
            return failure;
        }
        String kept = keep(run, builder, images);
        run.detail("not pushed; " + kept);
        return failure.advising(kept);
    }

    private String keep(Run run, Builder builder, Map<String, Builder.Product> images) throws InterruptedException {
        List<ImageTar> tars = new ArrayList<>();
        List<String> failures = new ArrayList<>();
        for (Map.Entry<String, Builder.Product> image : images.entrySet()) {
            try {
                TarStore.Kept file = store.keep(into -> builder.export(image.getValue(), into));
                ImageTar tar = new ImageTar(image.getKey(), file.digest(), file.bytes(), worker, file.until());
                tars.add(tar);
                run.kept(tar);
                run.log(image.getValue().tagged() + " is kept as a tar of " + megabytes(tar) + ", " + tar.digest());
            } catch (IOException | ClientException | DependencyAwayException e) {
                failures.add("no tar of " + image.getKey() + " could be kept: " + e.getMessage());
                run.log("warning: " + failures.getLast());
            }
        }
        if (!tars.isEmpty()) {
            Instant until = tars.getLast().until().truncatedTo(ChronoUnit.SECONDS);
            failures.addFirst(
                    "kept as a tar until " + until + ": GET /api/runs/" + run.id() + "/image.tar" + names(tars));
        }
        return String.join("; ", failures);
    }

    private static String names(List<ImageTar> tars) {
        return tars.size() == 1
                ? ""
                : "?image= "
                        + String.join(", ", tars.stream().map(ImageTar::image).toList());
    }

    private static String megabytes(ImageTar tar) {
        return String.format(Locale.ROOT, "%.1f MB", tar.bytes() / 1e6);
    }

    /** A file that is kept still. Quick. */
    public Optional<Download> find(Digest digest) {
        return store.find(digest).map(file -> new Download(file.file(), TYPE, file.digest(), file.bytes()));
    }

    /** Removes those whose time is over. */
    public void sweep() {
        store.sweep();
    }
}
