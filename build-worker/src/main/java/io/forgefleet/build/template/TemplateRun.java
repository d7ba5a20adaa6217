package io.forgefleet.build.template;

import io.forgefleet.build.trust.RefTruth;
import io.forgefleet.build.trust.Strangers;
import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.ClientException.Kind;
import io.forgefleet.clients.forge.PullRequestState;
import io.forgefleet.clients.git.Checkout;
import io.forgefleet.clients.tool.Folders;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.image.Digest;
import io.forgefleet.events.image.PushedImage;
import io.forgefleet.events.image.TrustClass;
import io.forgefleet.events.ledger.LedgerEntry;
import io.forgefleet.events.repofile.RepositoryFile;
import io.forgefleet.events.repofile.TemplateSpec;
import io.forgefleet.events.run.Outcome;
import io.forgefleet.events.run.Outcome.Reason;
import io.forgefleet.runtime.claim.ClaimKeys;
import io.forgefleet.runtime.worker.Run;
import io.forgefleet.work.image.ImageName;
import io.forgefleet.work.place.RunEndedException;
import io.forgefleet.work.place.Workplace;
import io.forgefleet.work.template.FailedTemplate;
import io.forgefleet.work.template.FinishedDatabase;
import io.forgefleet.work.template.StoredTemplate;
import io.forgefleet.work.template.TemplateCache;
import io.forgefleet.work.template.TemplateException;
import io.forgefleet.work.template.TemplateKey;
import io.forgefleet.work.template.TemplateStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.stream.Stream;

/**
 * One template of one commit: found by its key, or made under the claim on it. Whoever waited for the claim looks again first.
 */
final class TemplateRun {

    /** Short, since a slot is kept meanwhile; most databases are made within. What takes longer is waited for without a slot. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /** Cleanups mark a few things at a time, for seconds. */
    private static final Duration HELD_BY_CLEANUP = Duration.ofSeconds(30);

    private static final List<TrustClass> HIGHEST_FIRST = Stream.of(TrustClass.values())
            .sorted((one, other) -> other.compareTo(one))
            .toList();

    /** What the runs of one worker share. */
    record Means(
            CommandImages images,
            Preparations preparations,
            TemplateCache cache,
            TemplateMeters meters,
            Path scratch) {}

    private final Means means;
    private final Run run;
    private final Workplace place;
    private final RefTruth.Found found;
    private final CommitId commit;
    private final RepositoryFile declared;

    TemplateRun(Means means, Run run, Workplace place, RefTruth.Found found, CommitId commit, RepositoryFile declared) {
        this.means = means;
        this.run = run;
        this.place = place;
        this.found = found;
        this.commit = commit;
        this.declared = declared;
    }

    /**
     * Finds or makes it.
     *
     * @return what came of it, for people
     * @throws RunEndedException when there is none
     */
    String provide(TemplateSpec spec) throws Exception {
        TrustClass trust = found.source().trust();
        CommandImage image = means.images().find(run, place, trust, commit, declared, spec.image());
        TemplateKey key = key(spec, image, trust);
        ImageName name = ImageName.ofTemplate(place.registryConfig(), place.repository(), spec.name());
        TemplateStore store = new TemplateStore(place.registry(), name.repository(), means.scratch());
        Optional<StoredTemplate> there = search(store, key);
        if (there.isEmpty()) {
            requireNoFailure(store, key);
            if (trust == TrustClass.FORK) {
                requireApproval();
            }
            var unused = run.claimAlso(name.tagClaim(key.hash()), PATIENCE);
            there = search(store, key);
        }
        if (there.isPresent()) {
            reuse(spec, name, store, key, there.get());
            means.meters().hit(there.get().took());
            return spec.name() + " was there already, which spares "
                    + seconds(there.get().took());
        }
        requireNoFailure(store, key);
        StoredTemplate made = make(spec, image, key, name, store);
        tell(spec, name, made, false);
        means.meters().built();
        return spec.name() + " built in " + seconds(made.took()) + " ("
                + made.facts().tables() + " tables, " + made.facts().rows() + " rows)";
    }

    /** Claimed, looked at again, entered: so it cannot be deleted in between. */
    private void reuse(TemplateSpec spec, ImageName name, TemplateStore store, TemplateKey key, StoredTemplate template)
            throws Exception {
        List<String> keys =
                List.of(name.tagClaim(template.key()), ClaimKeys.ofDigest(name.reference(), template.manifest()));
        boolean entered = run.holding(keys, HELD_BY_CLEANUP, () -> {
            boolean same = store.find(key.by(template.trust()))
                    .filter(now -> now.manifest().equals(template.manifest()))
                    .isPresent();
            if (same) {
                tell(spec, name, template, true);
            }
            return same;
        });
        if (!entered) {
            // the next attempt finds it gone, and makes it
            throw new ClientException(
                    Kind.UNAVAILABLE,
                    name.tagged(template.key()) + " went from the registry while this run was to use it");
        }
    }

    private TemplateKey key(TemplateSpec spec, CommandImage image, TrustClass trust)
            throws RunEndedException, ClientException, InterruptedException {
        SortedMap<String, String> files =
                place.mirror().files(commit, path -> spec.key().stream().anyMatch(glob -> glob.matches(path)));
        try {
            return TemplateKey.of(spec, files, image.digest(), trust);
        } catch (TemplateException e) {
            throw new RunEndedException(Reason.FAILED, String.valueOf(e.getMessage()));
        }
    }

    /** By the highest class first; what a lower one made is not looked at. */
    private static Optional<StoredTemplate> search(TemplateStore store, TemplateKey key)
            throws ClientException, InterruptedException {
        for (TrustClass madeBy : HIGHEST_FIRST) {
            if (madeBy.compareTo(key.trust()) >= 0) {
                Optional<StoredTemplate> stored = store.find(key.by(madeBy));
                if (stored.isPresent()) {
                    return stored;
                }
            }
        }
        return Optional.empty();
    }

    private void requireNoFailure(TemplateStore store, TemplateKey key) throws Exception {
        if (run.subject().replay()) {
            return; // somebody asks again
        }
        Optional<FailedTemplate> failure = store.failure(key);
        if (failure.isPresent() && !failure.get().run().equals(run.id())) {
            throw new RunEndedException(Outcome.failed(
                    failure.get().message() + "; so it did in run "
                            + failure.get().run()
                            + ", and nothing of its key has changed: replay this run to try again",
                    failure.get().lastLines()));
        }
    }

    private void requireApproval() throws Exception {
        PullRequestState now = found.pullRequest()
                .orElseThrow(() -> new RunEndedException(
                        Reason.SKIPPED, "not run: the forge does not say what this pull request is"));
        run.log("run because " + Strangers.requireApproval(place, run.event(), now, commit));
    }

    private StoredTemplate make(
            TemplateSpec spec, CommandImage image, TemplateKey key, ImageName name, TemplateStore store)
            throws Exception {
        run.begin("prepare " + spec.name());
        Preparation preparation = means.preparations().of(spec.engine());
        Path folder = Files.createTempDirectory(Files.createDirectories(means.scratch()), "database");
        // a stranger's commit could name any private repository as its submodule
        boolean trusted = key.trust() != TrustClass.FORK;
        try (Checkout checkout = place.mirror().checkout(commit, trusted)) {
            FinishedDatabase finished = preparation.prepare(new Preparation.Order(
                    run, spec, image, key.hash(), key.trust(), checkout.directory(), folder, name.tagged(key.hash())));
            run.begin("push " + spec.name());
            StoredTemplate pushed = store.push(key, finished, run.id(), commit, run::ensureHeld);
            run.detail(pushed.manifest().value());
            keep(pushed, finished);
            return pushed;
        } catch (PreparationException e) {
            means.meters().failed();
            remember(store, key, name, e);
            throw new RunEndedException(Outcome.failed(String.valueOf(e.getMessage()), e.lastLines()));
        } finally {
            Folders.delete(folder);
        }
    }

    /** For whoever uses it on this machine. */
    private void keep(StoredTemplate pushed, FinishedDatabase finished) {
        try {
            means.cache().add(pushed, finished.file());
        } catch (IOException e) {
            run.log("not kept on this machine: " + e.getMessage());
        }
    }

    private void remember(TemplateStore store, TemplateKey key, ImageName name, PreparationException failed)
            throws Exception {
        var unused = run.claimAlso(name.tagClaim(TemplateStore.failureTag(key)), HELD_BY_CLEANUP);
        FailedTemplate failure = new FailedTemplate(String.valueOf(failed.getMessage()), failed.lastLines(), run.id());
        Digest digest = store.remember(key, failure, run::ensureHeld);
        run.record(entry(name, digest, TemplateStore.failureTag(key)));
    }

    private void tell(TemplateSpec spec, ImageName name, StoredTemplate template, boolean reused)
            throws InterruptedException {
        PushedImage told = new PushedImage(
                TemplateStore.FOLDER + "/" + spec.name(),
                name.reference(),
                template.key(),
                template.manifest(),
                reused);
        run.pushed(told, entry(name, template.manifest(), template.key()));
    }

    private LedgerEntry entry(ImageName name, Digest digest, String tag) {
        return new LedgerEntry(
                digest,
                run.id(),
                LedgerEntry.Kind.TEMPLATE,
                name.reference(),
                List.of(tag),
                run.subject().repository(),
                commit,
                run.subject().pullRequest(),
                found.source().trust(),
                Instant.now(),
                run.subject().ref());
    }

    private static String seconds(Duration time) {
        return String.format(Locale.ROOT, "%.1f s", time.toMillis() / 1000.0);
    }

    /** The engines that this worker knows. */
    record Preparations(Map<TemplateSpec.Engine, Preparation> byEngine) {

        Preparations {
            byEngine = Map.copyOf(byEngine);
        }

        Preparation of(TemplateSpec.Engine engine) throws RunEndedException {
            Preparation preparation = byEngine.get(engine);
            if (preparation == null) {
                throw new RunEndedException(
                        Reason.FAILED,
                        "this worker makes no databases of " + engine.name().toLowerCase(Locale.ROOT));
            }
            return preparation;
        }
    }
}
