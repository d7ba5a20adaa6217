package io.forgefleet.build.ciimage;

import io.forgefleet.build.builder.Builders;
import io.forgefleet.build.builder.BuiltImages;
import io.forgefleet.build.image.BuildMeters;
import io.forgefleet.build.image.CacheExport;
import io.forgefleet.build.image.CachePlan;
import io.forgefleet.build.image.CachedBytes;
import io.forgefleet.build.image.ImageBuild;
import io.forgefleet.build.image.Publication;
import io.forgefleet.build.image.TagSearch.Target;
import io.forgefleet.build.image.TargetRecipe;
import io.forgefleet.build.plan.CacheRefs;
import io.forgefleet.build.trust.RefTruth;
import io.forgefleet.clients.git.Checkout;
import io.forgefleet.clients.git.CommitFiles;
import io.forgefleet.events.image.PushedImage;
import io.forgefleet.runtime.worker.Run;
import io.forgefleet.work.place.SideTask;
import io.forgefleet.work.place.Workplace;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Builds the CI images of a run that are missing, as other images are built, and pushes them. */
record CiImageBuild(
        Run run,
        Workplace place,
        RefTruth.Found found,
        CommitFiles files,
        Builders.Choice choice,
        BuiltImages kept,
        Duration timeout,
        BuildMeters meters) {

    /**
     * Builds and pushes.
     *
     * @return all targets, in their order
     */
    List<PushedImage> build(List<Target> targets, List<Target> missing, Publication publication) throws Exception {
        run.begin("build "
                + String.join(", ", missing.stream().map(Target::tagged).toList()));
        SideTask<Checkout> checkout = new SideTask<>(() -> place.mirror().checkout(files.commit(), true));
        // a cache that the content names would be named by the same files as the image is, and never be read
        CacheRefs refs = CacheRefs.of(found.source(), found.defaultBranch(), Optional.empty());
        SideTask<CachePlan> caches = new SideTask<>(() ->
                CachePlan.of(place, refs, missing.stream().map(Target::name).toList()));
        try {
            TargetRecipe recipe = new TargetRecipe(run, place, found.source(), files.commit(), files.committedAt());
            ImageBuild build = new ImageBuild(run, place, recipe, found.source().trust(), choice, kept, timeout);
            ImageBuild.Done done = build.build(missing, checkout, caches);
            try (CacheExport export = done.caches()) {
                List<PushedImage> pushed = publication.offer(targets, done.images());
                publication.record(export);
                meters.built(
                        done.report(),
                        CachedBytes.of(place, done),
                        found.source().trust());
                publication.keep(
                        missing,
                        pushed.stream().filter(image -> !image.reused()).toList());
                return pushed;
            }
        } finally {
            caches.end();
            Optional<Checkout> left = checkout.end();
            if (left.isPresent()) {
                left.get().close();
            }
        }
    }
}
