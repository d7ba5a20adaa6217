package io.forgefleet.build.image;

import io.forgefleet.build.builder.Builder;
import io.forgefleet.build.builder.Builders;
import io.forgefleet.build.image.TagSearch.Target;
import io.forgefleet.build.scan.ScanWorker;
import io.forgefleet.build.tar.ImageTars;
import io.forgefleet.build.trust.RefTruth;
import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.registry.ImageTransfer;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.image.Digest;
import io.forgefleet.events.image.PushedImage;
import io.forgefleet.events.image.TrustClass;
import io.forgefleet.events.job.WorkerKind;
import io.forgefleet.events.ledger.LedgerEntry;
import io.forgefleet.events.run.Outcome.Reason;
import io.forgefleet.runtime.worker.Run;
import io.forgefleet.work.image.Source;
import io.forgefleet.work.place.Freshness;
import io.forgefleet.work.place.LatestTag;
import io.forgefleet.work.place.RunEndedException;
import io.forgefleet.work.place.Workplace;
import io.forgefleet.work.release.ReleaseTargets;
import java.nio.file.Files;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The public effects of one run: truth once more, then pushes, ledger entries, {@code latest}. */
public final class Publication {

    private final Run run;
    private final Workplace place;
    private final Source source;
    private final CommitId commit;
    private final Builders.Choice choice;
    private final ImageTars tars;

    public Publication(
            Run run, Workplace place, Source source, CommitId commit, Builders.Choice choice, ImageTars tars) {
        this.run = run;
        this.place = place;
        this.source = source;
        this.commit = commit;
        this.choice = choice;
        this.tars = tars;
    }

    /**
     * Makes them public.
     *
     * @param built what was built for the targets that are not present
     */
    void publish(List<Target> targets, Map<Target, Builder.Product> built) throws Exception {
        List<PushedImage> pushed = offer(targets, built);
        for (int i = 0; i < targets.size(); i++) {
            Target target = targets.get(i);
            Digest digest = pushed.get(i).digest();
            Freshness.require(place, target.name(), digest, commit);
            follow(place, target, digest);
            for (Workplace copy : place.copies()) {
                copy(copy, target, digest, targets.size());
            }
        }
        leaveToScan(pushed);
        leaveToSign(pushed);
        keep(targets, pushed);
    }

    /** Whoever has the key makes them the latest ones, when they are signed. */
    private void leaveToSign(List<PushedImage> pushed) throws InterruptedException {
        if (source instanceof Source.Branch branch
                && branch.isDefault()
                && place.rule().release() != null) {
            run.leave(WorkerKind.RELEASE, ReleaseTargets.SIGN, pushed, List.of());
        }
    }

    /** Brings what was built into the registry, by digest alone, and tells of it. */
    public List<PushedImage> stage(Map<Target, Builder.Product> built) throws Exception {
        List<PushedImage> staged = new ArrayList<>();
        for (Map.Entry<Target, Builder.Product> each : built.entrySet()) {
            Target target = each.getKey();
            Digest digest = each.getValue().digest();
            run.ensureHeld();
            choice.builder().stage(each.getValue(), run::log);
            Freshness.require(place, target.name(), digest, commit);
            PushedImage image = new PushedImage(
                    target.spec().name(),
                    target.name().reference(),
                    "",
                    digest,
                    false,
                    each.getValue().bases());
            staged.add(new Hold(run, place).ofDigest(target, digest, () -> {
                run.pushed(image, image(target, digest, List.of()));
                return image;
            }));
        }
        return staged;
    }

    /** Enters what the build itself left in the registry, without a tag: when the run ends before it has one, it is known of. */
    private void recordStaged(Map<Target, Builder.Product> built) throws InterruptedException {
        for (Map.Entry<Target, Builder.Product> each : built.entrySet()) {
            if (choice.builder().stages(each.getValue())) {
                run.record(image(each.getKey(), each.getValue().digest(), List.of()));
            }
        }
    }

    /** Pushes what was built, and tells of that and of what was there; gives them in the order of the targets. */
    public List<PushedImage> offer(List<Target> targets, Map<Target, Builder.Product> built) throws Exception {
        recordStaged(built);
        if (!built.isEmpty()) {
            run.begin("push");
            if (source.trust() != TrustClass.PROTECTED) {
                RefTruth.confirm(place, run.subject(), commit);
            }
        }
        run.beyondRecall();
        List<PushedImage> pushed = new ArrayList<>();
        for (Target target : targets) {
            Digest digest = target.present();
            boolean reused = digest != null;
            if (digest == null) {
                Builder.Product image = Objects.requireNonNull(built.get(target), "what is not present was built");
                try {
                    digest = push(target, image);
                } catch (ClientException e) {
                    throw tars.notPushed(run, place.rule().imageTar(), choice.builder(), named(built), e);
                }
            }
            pushed.add(tell(place, target, digest, reused, bases(built, target)));
        }
        return pushed;
    }

    /** Keeps them as tars, where the rule wants all of them. */
    public void keep(List<Target> targets, List<PushedImage> pushed) throws InterruptedException {
        Map<Target, Builder.Product> images = new LinkedHashMap<>();
        for (int i = 0; i < targets.size(); i++) {
            images.put(
                    targets.get(i), targets.get(i).product(place, pushed.get(i).digest(), List.of()));
        }
        tars.pushed(run, place.rule().imageTar(), choice.builder(), named(images));
    }

    private static Map<String, Builder.Product> named(Map<Target, Builder.Product> images) {
        Map<String, Builder.Product> named = new LinkedHashMap<>();
        images.forEach((target, image) -> named.put(target.spec().name(), image));
        return named;
    }

    private static List<String> bases(Map<Target, Builder.Product> built, Target target) {
        Builder.Product image = built.get(target);
        return image == null ? List.of() : image.bases();
    }

    private PushedImage tell(Workplace where, Target target, Digest digest, boolean reused, List<String> bases)
            throws Exception {
        return new Hold(run, where).ofTag(target, digest, () -> {
            PushedImage image = new PushedImage(
                    target.spec().name(), target.name().reference(), target.tag(), digest, reused, bases);
            run.pushed(image, image(target, digest, List.of(target.tag())));
            return image;
        });
    }

    /** Moves {@code latest} along the default branch. */
    private void follow(Workplace where, Target target, Digest digest) throws Exception {
        if (source instanceof Source.Branch branch
                && branch.isDefault()
                && place.rule().release() == null) {
            run.begin("latest");
            if (new LatestTag(run, where, branch, commit, newer -> true).advance(target.name(), digest)) {
                run.record(image(target, digest, List.of(target.tag(), "latest")));
            }
        }
    }

    /** The same bytes under the same tag in a further registry, from the first one. */
    private void copy(Workplace to, Target from, Digest digest, int among) throws Exception {
        Target target = new Target(from.spec(), to.name(from.spec(), among), from.tag(), digest);
        run.begin("copy to " + to.registryConfig().name());
        boolean there = to.manifest(target.name(), target.tag()).isPresent(); // the search found it to be the same
        if (!there) {
            run.ensureHeld();
            new ImageTransfer(to.registry(), target.name().repository())
                    .copy(place.registry(), from.name().repository(), digest, Files.createDirectories(to.scratch()));
            run.ensureHeld();
            to.registry().tag(target.name().repository(), digest, target.tag());
        }
        tell(to, target, digest, there, List.of());
        follow(to, target, digest);
    }

    /** Has them scanned, by a run that they need not wait for. */
    public void leaveToScan(List<PushedImage> pushed) throws InterruptedException {
        if (place.rule().scan() != null) {
            run.leave(WorkerKind.BUILD, ScanWorker.TARGET, pushed, List.of());
        }
    }

    /** Enters what BuildKit wrote beside the images: whoever tidies the registry has to know those digests too. */
    public void record(CacheExport caches) throws InterruptedException {
        for (CacheExport.Written cache : caches.await()) {
            run.record(entry(LedgerEntry.Kind.CACHE, cache.target(), cache.digest(), List.of(cache.tag())));
        }
    }

    private Digest push(Target target, Builder.Product image) throws Exception {
        run.ensureHeld();
        choice.builder().push(image, run::log);
        Digest read = place.registry()
                .digest(target.name().repository(), target.tag())
                .orElse(image.digest());
        if (!read.equals(image.digest())) {
            throw new RunEndedException(
                    Reason.FAILED,
                    target.tagged() + " is " + read + " in the registry, but " + image.digest()
                            + " was built: somebody else pushes there");
        }
        run.detail(read.value());
        return read;
    }

    private LedgerEntry image(Target target, Digest digest, List<String> tags) {
        return entry(LedgerEntry.Kind.IMAGE, target, digest, tags);
    }

    private LedgerEntry entry(LedgerEntry.Kind kind, Target target, Digest digest, List<String> tags) {
        return new LedgerEntry(
                digest,
                run.id(),
                kind,
                target.name().reference(),
                tags,
                run.subject().repository(),
                commit,
                run.subject().pullRequest(),
                source.trust(),
                Instant.now(),
                run.subject().ref());
    }
}
