package io.forgefleet.build.ciimage;

import io.forgefleet.build.builder.Builders;
import io.forgefleet.build.builder.BuiltImages;
import io.forgefleet.build.image.BuildMeters;
import io.forgefleet.build.image.BuilderChoice;
import io.forgefleet.build.image.Endings;
import io.forgefleet.build.image.Publication;
import io.forgefleet.build.image.TagSearch.Target;
import io.forgefleet.build.tar.ImageTars;
import io.forgefleet.build.trust.RefTruth;
import io.forgefleet.clients.git.CommitFiles;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.image.PushedImage;
import io.forgefleet.events.image.TrustClass;
import io.forgefleet.events.job.WorkerKind;
import io.forgefleet.events.repofile.CiImageSpec;
import io.forgefleet.events.repofile.RepositoryFileException;
import io.forgefleet.events.run.Outcome;
import io.forgefleet.events.run.Outcome.Reason;
import io.forgefleet.events.run.RunSubject;
import io.forgefleet.runtime.config.Intervals;
import io.forgefleet.runtime.worker.Run;
import io.forgefleet.runtime.worker.Worker;
import io.forgefleet.work.image.DeclaredImages;
import io.forgefleet.work.image.ImageName;
import io.forgefleet.work.image.Source;
import io.forgefleet.work.place.Attempts;
import io.forgefleet.work.place.RunEndedException;
import io.forgefleet.work.place.Workplace;
import io.forgefleet.work.place.Workplaces;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * Makes the CI images of one commit: each is named by its {@link Inputs}, and is built only where no build that may be
 * trusted has made it. The default branch has them pinned by another run. Strangers' code makes none. Thread-safe.
 */
public final class CiImageWorker implements Worker {

    private final Workplaces workplaces;
    private final Builders builders;
    private final BuiltImages kept;
    private final ImageTars tars;
    private final Intervals intervals;
    private final BuildMeters meters;
    private final Endings endings;
    private final RefTruth truth = new RefTruth();

    public CiImageWorker(
            Workplaces workplaces,
            Builders builders,
            BuiltImages kept,
            ImageTars tars,
            Intervals intervals,
            MeterRegistry registry) {
        this.workplaces = workplaces;
        this.builders = builders;
        this.kept = kept;
        this.tars = tars;
        this.intervals = intervals;
        this.meters = new BuildMeters(registry);
        this.endings = new Endings(kept, new Attempts(intervals.attempts()));
    }

    @Override
    public Outcome work(Run run) throws Exception {
        return endings.of(run, () -> images(run));
    }

    private Outcome images(Run run) throws Exception {
        long began = System.nanoTime();
        CommitId commit = Objects.requireNonNull(run.subject().commit(), "the planner gives a commit");
        Workplace place = workplaces
                .of(run.subject().repository())
                .orElseThrow(() -> new RunEndedException(Reason.SKIPPED, "the repository is not configured any more"));
        run.begin("fetch");
        RefTruth.Found found = truth.learn(place, run, commit);
        TrustClass trust = found.source().trust();
        if (trust == TrustClass.FORK) {
            throw new RunEndedException(Reason.SKIPPED, "a stranger's pull request makes no CI images");
        }
        if (trust == TrustClass.PROTECTED) {
            run.beyondRecall(); // as with images: what has begun of a protected branch is never cancelled
        }
        CommitFiles files = place.mirror().read(commit, DeclaredImages.PATHS);
        List<CiImageSpec> wanted = wanted(files, run.subject());
        run.begin("look for " + names(wanted));
        CiImageSearch search = new CiImageSearch(run, place, trust);
        List<Target> targets = new ArrayList<>();
        for (CiImageSpec spec : wanted) {
            ImageName name = place.name(spec.image(), CiImageSearch.AMONG_OTHERS);
            targets.add(search.find(spec.image(), name, Inputs.of(place, commit, spec)));
        }
        List<Target> missing =
                targets.stream().filter(target -> target.present() == null).toList();
        Builders.Choice choice = BuilderChoice.of(
                builders, trust, wanted.stream().map(CiImageSpec::image).toList());
        Publication publication = new Publication(run, place, found.source(), commit, choice, tars);
        List<PushedImage> pushed = missing.isEmpty()
                ? publication.offer(targets, Map.of())
                : new CiImageBuild(run, place, found, files, choice, kept, intervals.runTimeout(), meters)
                        .build(targets, missing, publication);
        publication.leaveToScan(pushed);
        if (found.source() instanceof Source.Branch branch && branch.isDefault()) {
            leaveToPin(run, wanted, pushed);
        }
        return Outcome.of(Reason.SUCCEEDED, message(targets, System.nanoTime() - began));
    }

    private static List<CiImageSpec> wanted(CommitFiles files, RunSubject run) throws RunEndedException {
        int slash = run.target().indexOf('/');
        String name = slash < 0 ? "" : run.target().substring(slash + 1);
        try {
            List<CiImageSpec> declared = DeclaredImages.of(files.files()).ciImages();
            List<CiImageSpec> wanted = declared.stream()
                    .filter(image -> name.isEmpty() || image.name().equals(name))
                    .toList();
            if (wanted.isEmpty()) {
                throw new RunEndedException(
                        name.isEmpty() ? Reason.SUCCEEDED : Reason.FAILED,
                        name.isEmpty()
                                ? "this commit declares no CI image"
                                : "this commit declares no CI image " + name + ", but " + names(declared));
            }
            return wanted;
        } catch (RepositoryFileException e) {
            throw new RunEndedException(Outcome.failed(String.valueOf(e.getMessage()), e.errors()));
        }
    }

    /** The gateway does it: no builder has a token that may write. */
    private static void leaveToPin(Run run, List<CiImageSpec> images, List<PushedImage> pushed)
            throws InterruptedException {
        for (int i = 0; i < images.size(); i++) {
            if (!images.get(i).pinIn().isEmpty()) {
                run.leave(WorkerKind.PIN, images.get(i).name(), List.of(pushed.get(i)), List.of());
            }
        }
    }

    private static String names(List<CiImageSpec> images) {
        return images.isEmpty()
                ? "none"
                : images.stream().map(CiImageSpec::name).collect(Collectors.joining(", "));
    }

    private static String message(List<Target> targets, long nanos) {
        return targets.stream()
                        .map(target -> target.spec().name() + " " + target.tag()
                                + (target.present() == null ? " pushed" : " was there already"))
                        .collect(Collectors.joining(", "))
                + " in " + String.format(Locale.ROOT, "%.1f s", nanos / 1e9);
    }
}
