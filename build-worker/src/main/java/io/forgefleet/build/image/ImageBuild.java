package io.forgefleet.build.image;

import io.forgefleet.build.builder.Builder;
import io.forgefleet.build.builder.Builders;
import io.forgefleet.build.builder.BuiltImages;
import io.forgefleet.build.image.TagSearch.Target;
import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.engine.BuildRequest;
import io.forgefleet.clients.engine.BuildResult;
import io.forgefleet.clients.engine.BuildResult.LayerSteps;
import io.forgefleet.clients.engine.BuildResult.Report;
import io.forgefleet.clients.engine.BuildTarget;
import io.forgefleet.clients.git.Checkout;
import io.forgefleet.events.image.TrustClass;
import io.forgefleet.events.run.Outcome;
import io.forgefleet.runtime.config.RepositoryRule;
import io.forgefleet.runtime.worker.DependencyAwayException;
import io.forgefleet.runtime.worker.Run;
import io.forgefleet.work.place.RunEndedException;
import io.forgefleet.work.place.SideTask;
import io.forgefleet.work.place.Workplace;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Builds the images of one run, all at once. They have no tag then, so nobody sees them. */
public final class ImageBuild {

    /**
     * What was built.
     *
     * @param report null when an earlier attempt of the run had built everything
     * @param layers which steps made the layers of those that this attempt built
     * @param caches on their way to the registry; to be closed
     */
    public record Done(
            Map<Target, Builder.Product> images,
            @Nullable Report report,
            Map<Target, List<LayerSteps>> layers,
            CacheExport caches) {

        /** Of what was built. */
        Builder.Product image(Target target) {
            return Objects.requireNonNull(images.get(target), "it was built");
        }
    }

    private static final Pattern EXIT = Pattern.compile("did not complete successfully: (exit code: \\d+)");
    private static final int LONGEST_STEP = 80;

    private final Run run;
    private final Workplace place;
    private final TargetRecipe recipe;
    private final TrustClass trust;
    private final Builders.Choice choice;
    private final BuiltImages kept;
    private final Duration timeout;

    public ImageBuild(
            Run run,
            Workplace place,
            TargetRecipe recipe,
            TrustClass trust,
            Builders.Choice choice,
            BuiltImages kept,
            Duration timeout) {
        this.run = run;
        this.place = place;
        this.recipe = recipe;
        this.trust = trust;
        this.choice = choice;
        this.kept = kept;
        this.timeout = timeout;
    }

    /**
     * Builds them, but for those that an earlier attempt of this run built.
     *
     * @throws RunEndedException when a Dockerfile, or what it runs, fails
     */
    public Done build(List<Target> targets, SideTask<Checkout> checkout, SideTask<CachePlan> caches)
            throws RunEndedException, IOException, ClientException, DependencyAwayException, InterruptedException {
        Map<Target, Builder.Product> images = new LinkedHashMap<>();
        List<Target> missing = new ArrayList<>();
        for (Target target : targets) {
            kept.find(run.id(), choice.builder(), target.tagged())
                    .ifPresentOrElse(image -> images.put(target, image), () -> missing.add(target));
        }
        if (missing.isEmpty()) {
            run.detail("built by an earlier attempt");
            return new Done(images, null, Map.of(), CacheExport.done(run, place, Map.of()));
        }
        CachePlan plan = caches.await();
        BuildRequest request = request(missing, checkout.await(), plan);
        boolean atHand = place.rule().imageTar() != RepositoryRule.KeepTar.OFF;
        BuildResult result = choice.builder().build(request, atHand, new BuildLog(run, place.redaction()));
        return switch (result) {
            case BuildResult.Built built -> {
                Map<Target, List<LayerSteps>> layers = new LinkedHashMap<>();
                built.digests().forEach((name, digest) -> {
                    Target target = missing.get(names(missing).indexOf(name));
                    Builder.Product image =
                            target.product(place, digest, built.report().bases());
                    images.put(target, image);
                    layers.put(target, built.report().layers().getOrDefault(name, List.of()));
                    kept.keep(run.id(), choice.builder(), image);
                });
                tell(built.report(), plan, missing);
                yield new Done(images, built.report(), layers, export(missing, request, plan, built.report()));
            }
            case BuildResult.Failed failed -> throw new RunEndedException(outcome(missing, failed));
        };
    }

    private BuildRequest request(List<Target> targets, Checkout files, CachePlan caches)
            throws RunEndedException, IOException, ClientException {
        List<BuildTarget> made = new ArrayList<>();
        for (int i = 0; i < targets.size(); i++) {
            Target target = targets.get(i);
            // in a state that is shared nothing is taken from caches, and what was not built now is not to be written
            // to them
            made.add(recipe.of(
                    names(targets).get(i),
                    target,
                    files,
                    choice.clean() ? caches.reads(target) : List.of(),
                    choice.clean() ? List.of() : references(target, caches.writes(target, false))));
        }
        return new BuildRequest(
                made, BuildRequest.Product.PUSHED_BY_DIGEST, null, !choice.clean(), trust != TrustClass.FORK, timeout);
    }

    private CacheExport export(List<Target> targets, BuildRequest request, CachePlan caches, Report report) {
        Map<Target, List<String>> tags = new HashMap<>();
        List<BuildTarget> writing = new ArrayList<>();
        for (int i = 0; i < targets.size(); i++) {
            Target target = targets.get(i);
            List<String> writes = caches.writes(target, choice.clean() && report.allCached());
            tags.put(target, writes);
            if (!writes.isEmpty()) {
                writing.add(request.targets().get(i).withCacheTo(references(target, writes)));
            }
        }
        return writing.isEmpty() || !choice.clean()
                ? CacheExport.done(run, place, tags)
                : CacheExport.begin(run, place, tags, choice.builder(), request.cachesOnly(writing));
    }

    private static List<String> references(Target target, List<String> tags) {
        return tags.stream().map(target.name()::tagged).toList();
    }

    private void tell(Report report, CachePlan caches, List<Target> targets) {
        String hits = report.cachedSteps() + " of " + report.steps() + " steps cached";
        boolean warm = choice.clean()
                && targets.stream().anyMatch(target -> !caches.reads(target).isEmpty());
        String broke =
                warm && report.firstRun() != null ? "; the first that was not: " + shortened(report.firstRun()) : "";
        run.detail(place.redaction().clean(hits + broke));
    }

    /** As bake allows them. */
    private static List<String> names(List<Target> targets) {
        List<String> names = new ArrayList<>();
        for (Target target : targets) {
            String name = target.spec().name().replace('.', '-');
            names.add(names.contains(name) ? name + "_" + names.size() : name);
        }
        return names;
    }

    private Outcome outcome(List<Target> targets, BuildResult.Failed failed) {
        Matcher exit = EXIT.matcher(failed.error());
        String what = exit.find() ? exit.group(1) : failed.error();
        String where = failed.step().isEmpty() ? "" : " at " + shortened(failed.step());
        List<String> lines = failed.lastLines().isEmpty() ? List.of(failed.error()) : failed.lastLines();
        String images = targets.stream().map(target -> target.spec().name()).collect(Collectors.joining(", "));
        return Outcome.failed(
                place.redaction().clean(images + " failed" + where + ": " + what),
                lines.stream().map(place.redaction()::clean).toList());
    }

    private static String shortened(String step) {
        return step.length() > LONGEST_STEP ? step.substring(0, LONGEST_STEP) + "…" : step;
    }
}
