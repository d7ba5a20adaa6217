package io.forgefleet.release.work;

import io.forgefleet.clients.sign.Trust;
import io.forgefleet.clients.tool.Folders;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.PushEvent;
import io.forgefleet.events.image.PushedImage;
import io.forgefleet.events.repofile.ReleaseSpec;
import io.forgefleet.events.repofile.RepositoryFile;
import io.forgefleet.events.run.Outcome;
import io.forgefleet.events.run.Outcome.Reason;
import io.forgefleet.release.plan.Planning;
import io.forgefleet.release.plan.Policies;
import io.forgefleet.release.proof.Proofs;
import io.forgefleet.release.proof.Subjects;
import io.forgefleet.release.saga.KeptFile;
import io.forgefleet.release.saga.ReleasedImage;
import io.forgefleet.release.saga.SagaStore;
import io.forgefleet.runtime.config.FleetConfig;
import io.forgefleet.runtime.config.release.ReleaseRule;
import io.forgefleet.runtime.config.release.SigningKeyConfig;
import io.forgefleet.runtime.worker.Run;
import io.forgefleet.runtime.worker.Worker;
import io.forgefleet.work.image.DeclaredImages;
import io.forgefleet.work.image.ImageName;
import io.forgefleet.work.image.Source;
import io.forgefleet.work.place.Freshness;
import io.forgefleet.work.place.LatestTag;
import io.forgefleet.work.place.RunEndedException;
import io.forgefleet.work.place.Workplace;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Looks at images of the default branch that another run pushed, signs them, and moves {@code latest} to them: all but the last
 * as with a release. Where the repository declares releases, {@code latest} is the newest of these and stays. Thread-safe.
 */
final class SignWorker implements Worker {

    private final Means means;
    private final FleetConfig config;
    private final Endings endings;

    SignWorker(Means means, FleetConfig config) {
        this.means = means;
        this.config = config;
        this.endings = new Endings(means.intervals().park(), means.clock());
    }

    @Override
    public Outcome work(Run run) throws Exception {
        return endings.of(new Progress(run.startedAt()), () -> sign(run));
    }

    private Outcome sign(Run run) throws Exception {
        Workplace place = means.workplaces().of(run.subject().repository()).orElse(null);
        ReleaseRule rule = place == null ? null : place.rule().release();
        if (place == null || rule == null || run.given().isEmpty() || !(run.event() instanceof PushEvent push)) {
            return Outcome.of(Reason.SKIPPED, "images of this repository are not signed any more");
        }
        CommitId commit = Objects.requireNonNull(run.subject().commit(), "images are of commits");
        SigningKeyConfig key = Policies.key(config, rule, null);
        Trust trust = means.proofs().checkKey(key);
        Path folder = Files.createTempDirectory(Files.createDirectories(means.scratch()), "sign");
        try {
            var unused = place.mirror().fetch(push.ref().value(), commit);
            RepositoryFile declared = DeclaredImages.of(
                    place.mirror().read(commit, DeclaredImages.PATHS).files());
            Subjects subjects = subjects(run, place, push, commit, declared, new SagaStore(place, folder));
            run.begin("list what is in them");
            List<KeptFile> files = new ArrayList<>(means.proofs().describe(subjects));
            run.begin("scan");
            files.addAll(means.proofs().scan(subjects, files, run));
            run.begin("sign and attest");
            files.addAll(means.proofs().sign(subjects, files, key, run));
            run.begin("verify");
            var unusedHere = means.proofs().verify(subjects, files, trust, run);
            String signed = subjects.images().size() == 1
                    ? "1 image is signed"
                    : subjects.images().size() + " images are signed";
            if (declared.release() != null) {
                return Outcome.of(Reason.SUCCEEDED, signed + "; latest is the newest release's");
            }
            run.begin("latest");
            run.beyondRecall();
            boolean moved = false;
            Source.Branch branch = new Source.Branch(push.ref(), true, true);
            for (Workplace where : subjects.everywhere()) {
                for (ReleasedImage image : subjects.images()) {
                    ImageName name = subjects.name(where, image);
                    moved |= new LatestTag(run, where, branch, commit, digest -> means.proofs()
                                    .isVerified(where, name, digest, trust))
                            .advance(name, image.digest());
                }
            }
            return Outcome.of(Reason.SUCCEEDED, signed + (moved ? ", and latest" : "; latest is ahead of it"));
        } finally {
            Folders.delete(folder);
        }
    }

    private static Subjects subjects(
            Run run, Workplace place, PushEvent push, CommitId commit, RepositoryFile declared, SagaStore store)
            throws Exception {
        List<Workplace> places = new ArrayList<>(List.of(place));
        places.addAll(place.copies());
        Map<Workplace, Map<String, ImageName>> names = new HashMap<>();
        for (Workplace each : places) {
            Map<String, ImageName> inside = new HashMap<>();
            declared.images()
                    .forEach(image -> inside.put(
                            image.name(), each.name(image, declared.images().size())));
            names.put(each, inside);
        }
        List<ReleasedImage> images = new ArrayList<>();
        for (PushedImage pushed : run.given()) {
            ImageName name = Objects.requireNonNull(names.get(place)).get(pushed.name());
            if (name == null) {
                throw new RunEndedException(Reason.FAILED, "the commit declares no image " + pushed.name());
            }
            Freshness.require(place, name, pushed.digest(), commit);
            images.add(Proofs.image(place, name, pushed));
        }
        return new Subjects(
                place,
                places,
                names,
                store,
                Policies.of(place.rule(), declared.release()),
                Planning.waivers(
                        place,
                        commit,
                        declared.release() == null
                                ? ReleaseSpec.WAIVERS
                                : declared.release().waivers()),
                run.subject().repository().path() + " " + commit.sha7(),
                push.ref().value(),
                commit,
                run.event().id(),
                run.id(),
                run.startedAt(),
                images,
                List.of(),
                List.of(),
                Map.of("branch", push.ref().shortName()));
    }
}
