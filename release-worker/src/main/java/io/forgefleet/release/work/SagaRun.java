package io.forgefleet.release.work;

import io.forgefleet.clients.sign.Trust;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.image.Attachment;
import io.forgefleet.events.image.Digest;
import io.forgefleet.events.image.PushedImage;
import io.forgefleet.events.image.TrustClass;
import io.forgefleet.events.ledger.LedgerEntry;
import io.forgefleet.events.repofile.ImageSpec;
import io.forgefleet.events.run.Outcome;
import io.forgefleet.events.run.Outcome.Reason;
import io.forgefleet.release.plan.Plan;
import io.forgefleet.release.plan.TagTruth;
import io.forgefleet.release.proof.Proofs;
import io.forgefleet.release.proof.Subjects;
import io.forgefleet.release.publish.ForgeDraft;
import io.forgefleet.release.publish.Promotion;
import io.forgefleet.release.saga.KeptFile;
import io.forgefleet.release.saga.KeptFile.Kind;
import io.forgefleet.release.saga.ReleasedImage;
import io.forgefleet.release.saga.Saga;
import io.forgefleet.release.saga.SagaStep;
import io.forgefleet.release.saga.SagaStore;
import io.forgefleet.runtime.worker.Run;
import io.forgefleet.work.evidence.proof.AttachedBundles;
import io.forgefleet.work.image.ImageName;
import io.forgefleet.work.place.Freshness;
import io.forgefleet.work.place.RunEndedException;
import io.forgefleet.work.place.Workplace;
import io.forgefleet.work.release.ReleaseTargets;
import io.forgefleet.work.release.Version;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** One attempt to bring a release on, from the step where it is. After each step it is written down; nothing done is repeated. */
final class SagaRun {

    private final Means means;
    private final Run run;
    private final Plan plan;
    private final SagaStore store;
    private final Progress progress;
    private final Orders orders;
    private Saga saga;
    private final Set<KeptFile> proven = new HashSet<>();
    private @Nullable Trust trust;

    SagaRun(Means means, Run run, Plan plan, SagaStore store, Saga saga, Progress progress) {
        this.means = means;
        this.run = run;
        this.plan = plan;
        this.store = store;
        this.saga = saga;
        this.progress = progress;
        this.orders = new Orders(run, means.wakeups(), means.intervals().park());
    }

    Outcome go() throws Exception {
        progress.came(saga.lastProgress());
        run.reached(saga.done().size());
        for (SagaStep step : SagaStep.values()) {
            if (!saga.has(step)) {
                run.begin(step.words());
                Saga before = saga;
                means.meters().measure(step, () -> perform(step));
                saga = saga.did(step, run.id(), now(), before);
                save();
                progress.came(saga.lastProgress());
                run.reached(saga.done().size());
            }
        }
        return Outcome.of(
                Reason.SUCCEEDED, "released " + saga.version() + (saga.page().isEmpty() ? "" : ": " + saga.page()));
    }

    private void perform(SagaStep step) throws Exception {
        switch (step) {
            case PLAN -> plan();
            case BUILD -> build();
            case ARTIFACTS -> artifacts();
            case SBOM -> saga = saga.withFiles(means.proofs().describe(subjects()));
            case SCAN ->
                saga = saga.withFiles(means.proofs().scan(subjects(), saga.files(), run))
                        .scanned(now());
            case SIGN -> saga = saga.withFiles(means.proofs().sign(subjects(), saga.files(), plan.key(), run));
            case VERIFY -> verify();
            case DRAFT -> draft();
            case PROMOTE -> promote();
            case FLOAT -> follow();
            case PUBLISH -> publish();
        }
    }

    /** What would end it later is looked for before anything is built. */
    private void plan() throws Exception {
        var unused = ForgeDraft.forge(plan.place());
        run.log("signs with " + plan.key().name() + ": " + trust().describe());
        for (Workplace place : plan.places()) {
            for (ImageSpec image : plan.declared().images()) {
                Promotion.requireFree(place, plan.name(place, image.name()), plan.version());
            }
        }
        run.detail(plan.version() + " of " + plan.commit().sha7());
    }

    /** Whom signatures have to be by; asked once by each attempt, since to open the key takes as long as to sign with it. */
    private Trust trust() throws Exception {
        Trust known = trust;
        if (known == null) {
            known = means.proofs().checkKey(plan.key());
            trust = known;
        }
        return known;
    }

    private List<String> imageTargets() {
        return plan.declared().images().isEmpty() ? List.of() : List.of(ReleaseTargets.IMAGES);
    }

    private List<String> artifactTargets() {
        return IntStream.range(0, plan.spec().artifacts().size())
                .mapToObj(i -> ReleaseTargets.ARTIFACT + "/" + i)
                .toList();
    }

    private void build() throws Exception {
        List<String> all = new ArrayList<>(imageTargets());
        all.addAll(artifactTargets());
        Saga asked = orders.place(saga, all);
        if (!asked.equals(saga)) {
            saga = asked;
            save();
        }
        List<ReleasedImage> images = new ArrayList<>();
        for (PushedImage pushed : orders.made(saga, imageTargets()).images()) {
            ImageName name = plan.name(plan.place(), pushed.name());
            Freshness.require(plan.place(), name, pushed.digest(), plan.commit());
            images.add(Proofs.image(plan.place(), name, pushed));
        }
        if (images.size() != plan.declared().images().size()) {
            throw new RunEndedException(Reason.FAILED, "not every image of the commit was built");
        }
        saga = saga.withImages(images);
    }

    private void artifacts() throws Exception {
        saga = orders.place(saga, artifactTargets());
        List<KeptFile> files = new ArrayList<>();
        for (Attachment file : orders.made(saga, artifactTargets()).files()) {
            KeptFile kept = new KeptFile(
                    Kind.ARTIFACT, file.name(), file.mediaType(), file.digest(), file.bytes(), file.digest());
            if (files.stream().anyMatch(other -> other.name().equals(kept.name()))) {
                throw new RunEndedException(Reason.FAILED, "two artifact commands made a file " + kept.name());
            }
            files.add(kept);
        }
        saga = saga.withFiles(files);
    }

    private void verify() throws Exception {
        AttachedBundles attached = means.proofs().verify(subjects(), saga.files(), trust(), run);
        List<KeptFile> made = means.proofs().evidence(subjects(), saga.files(), attached, plan.key(), trust());
        saga = saga.withFiles(made);
        proven.addAll(made);
    }

    private void draft() throws Exception {
        requireTag();
        run.ensureHeld();
        saga = saga.withPage(new ForgeDraft(plan, saga, store).prepare().url());
    }

    /** As long as nothing is public the tag has to be what it was. */
    private void requireTag() throws Exception {
        if (saga.isPublic()) {
            return;
        }
        CommitId now = TagTruth.commit(plan.place(), run.subject());
        if (!now.equals(plan.commit())) {
            throw new RunEndedException(Reason.SUPERSEDED, saga.tag() + " names " + now.sha7() + " now");
        }
    }

    private void promote() throws Exception {
        requireTag();
        // once more, right before it: what was verified may not be what is there; a file that is named by its digest is
        List<KeptFile> doubtful =
                saga.files().stream().filter(file -> !proven.contains(file)).toList();
        var unused = means.proofs().verify(subjects(), doubtful, trust(), run);
        run.beyondRecall();
        if (!saga.isPublic()) {
            saga = saga.in(Saga.State.PROMOTING);
            save();
        }
        for (Workplace place : plan.places()) {
            for (ReleasedImage image : saga.images()) {
                promotion(place, image).tag(plan.version());
            }
        }
    }

    private void follow() throws Exception {
        run.beyondRecall();
        List<Promotion> all = new ArrayList<>();
        for (Workplace place : plan.places()) {
            saga.images().forEach(image -> all.add(promotion(place, image)));
        }
        all.sort(Comparator.comparing(Promotion::where)); // whoever else moves them takes the claims in the same order
        for (String floating : plan.version().floating()) {
            for (Promotion each : all) {
                each.claim(floating);
            }
            List<Saga> later = store.publicAfter(plan.version());
            for (Promotion each : all) {
                each.follow(floating, plan.version(), later);
            }
        }
        run.detail(String.join(", ", plan.version().floating()));
    }

    private Promotion promotion(Workplace place, ReleasedImage image) {
        return new Promotion(run, plan.commit(), place, plan.name(place, image.name()), image);
    }

    private void publish() throws Exception {
        run.beyondRecall();
        boolean latest = !plan.version().isPrerelease()
                && store.publicAfter(plan.version()).stream().allMatch(other -> Version.ofTag(other.version())
                        .filter(version -> !version.isPrerelease())
                        .isEmpty());
        run.ensureHeld();
        saga = saga.withPage(new ForgeDraft(plan, saga, store).publish(latest).url())
                .in(Saga.State.RELEASED);
    }

    private void save() throws Exception {
        run.ensureHeld();
        Digest digest = store.save(saga);
        run.record(new LedgerEntry(
                digest,
                run.id(),
                LedgerEntry.Kind.RELEASE,
                store.name().reference(),
                List.of(saga.version()),
                saga.repository(),
                saga.commit(),
                null,
                TrustClass.PROTECTED,
                now(),
                run.subject().ref()));
    }

    private Subjects subjects() {
        Map<Workplace, Map<String, ImageName>> names = new HashMap<>();
        List<Workplace> all = new ArrayList<>(plan.places());
        all.add(plan.place());
        for (Workplace place : all) {
            Map<String, ImageName> inside = new HashMap<>();
            saga.images().forEach(image -> inside.put(image.name(), plan.name(place, image.name())));
            names.put(place, inside);
        }
        return new Subjects(
                plan.place(),
                plan.places(),
                names,
                store,
                plan.policy(),
                plan.waivers(),
                saga.repository().path() + " " + saga.version(),
                plan.tag().value(),
                saga.commit(),
                saga.event(),
                saga.run(),
                saga.begunAt(),
                saga.images(),
                saga.files(Kind.ARTIFACT),
                plan.pinned(),
                Map.of("version", saga.version(), "tag", saga.tag()));
    }

    private Instant now() {
        return means.clock().instant();
    }
}
