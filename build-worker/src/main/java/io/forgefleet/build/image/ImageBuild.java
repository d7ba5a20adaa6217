package io.forgefleet.build.image;

import io.forgefleet.build.builder.Builders;
import io.forgefleet.build.builder.BuiltImages;
import io.forgefleet.build.image.TagSearch.Target;
import io.forgefleet.build.plan.CacheRefs;
import io.forgefleet.build.plan.ImageLabels;
import io.forgefleet.build.plan.Source;
import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.engine.BuildRequest;
import io.forgefleet.clients.engine.BuildResult;
import io.forgefleet.clients.engine.BuildResult.Built;
import io.forgefleet.clients.git.Checkout;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.repofile.ImageSpec;
import io.forgefleet.events.run.Outcome;
import io.forgefleet.runtime.config.Secret;
import io.forgefleet.runtime.worker.DependencyAwayException;
import io.forgefleet.runtime.worker.Run;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Builds the images of one run into the store of its builder. */
final class ImageBuild {

    private static final Pattern EXIT = Pattern.compile("did not complete successfully: (exit code: \\d+)");
    private static final int LONGEST_STEP = 80;

    private final Run run;
    private final Workplace place;
    private final RefTruth.Found found;
    private final CommitId commit;
    private final Instant committedAt;
    private final Builders.Choice choice;
    private final BuiltImages kept;
    private final Duration timeout;
    private final Redaction redaction;

    ImageBuild(
            Run run,
            Workplace place,
            RefTruth.Found found,
            CommitId commit,
            Instant committedAt,
            Builders.Choice choice,
            BuiltImages kept,
            Duration timeout) {
        this.run = run;
        this.place = place;
        this.found = found;
        this.commit = commit;
        this.committedAt = committedAt;
        this.choice = choice;
        this.kept = kept;
        this.timeout = timeout;
        this.redaction = place.redaction();
    }

    /**
     * Builds one, unless an earlier attempt of this run did.
     *
     * @throws RunEndedException when the Dockerfile, or what it runs, fails
     */
    Built build(Target target, SideTask<Checkout> checkout)
            throws RunEndedException, IOException, ClientException, DependencyAwayException, InterruptedException {
        Optional<Built> before = kept.find(run.id(), choice.builder(), target.tagged());
        if (before.isPresent()) {
            run.detail("built by an earlier attempt");
            return before.get();
        }
        BuildRequest request = request(target, checkout.await());
        BuildResult result = choice.builder().build(request, new BuildLog(run, redaction));
        return switch (result) {
            case Built built -> {
                kept.keep(run.id(), choice.builder(), target.tagged(), built);
                BuildResult.Report report = built.report();
                run.detail(report.cachedSteps() + " of " + report.steps() + " steps cached");
                yield built;
            }
            case BuildResult.Failed failed -> throw new RunEndedException(outcome(target, failed));
        };
    }

    private BuildRequest request(Target target, Checkout files) throws RunEndedException, IOException, ClientException {
        Source source = found.source();
        Map<String, String> labels = ImageLabels.labels(place.page(), source, commit, committedAt, target.tag());
        CacheRefs caches = CacheRefs.of(source, found.defaultBranch());
        String trust = source.trust().name().toLowerCase(Locale.ROOT);
        return new BuildRequest(
                inside(files, target.spec().context()),
                inside(files, target.spec().dockerfile()),
                target.tagged(),
                ImageLabels.annotations(labels, source.trust(), run.id()),
                labels,
                committedAt,
                // caches that RUN mounts are no layers, and are kept apart by their name only
                Map.of("BUILDKIT_CACHE_MOUNT_NS", trust),
                place.rule().baseImages().entrySet().stream()
                        .collect(Collectors.toMap(Map.Entry::getKey, base -> "docker-image://" + base.getValue())),
                secrets(target.spec()),
                choice.clean()
                        ? caches.reads().stream().map(target.name()::tagged).toList()
                        : List.of(),
                List.of(target.name().tagged(caches.write())),
                !choice.clean(),
                target.spec().platforms(),
                null,
                true,
                timeout);
    }

    /** Those that the image names, so that a step that was written for one of them never sees the others. */
    private Map<String, String> secrets(ImageSpec image) throws RunEndedException {
        Map<String, String> secrets = new HashMap<>();
        for (String name : image.secrets()) {
            Secret secret = place.rule().secrets().get(name);
            if (secret == null) {
                throw new RunEndedException(
                        Outcome.Reason.FAILED,
                        image.name() + " wants the secret " + name
                                + ", which the fleet does not have for this repository:"
                                + " it has to be added to fleet.yml");
            }
            secrets.put(name, secret.value());
        }
        return secrets;
    }

    private static Path inside(Checkout files, String path) throws RunEndedException, IOException, ClientException {
        Optional<Path> there = files.inside(path);
        if (there.isEmpty()) {
            throw new RunEndedException(Outcome.Reason.FAILED, path + " is not in the repository");
        }
        return there.get();
    }

    private Outcome outcome(Target target, BuildResult.Failed failed) {
        Matcher exit = EXIT.matcher(failed.error());
        String what = exit.find() ? exit.group(1) : failed.error();
        String step =
                failed.step().length() > LONGEST_STEP ? failed.step().substring(0, LONGEST_STEP) + "…" : failed.step();
        String where = step.isEmpty() ? "" : " at " + step;
        List<String> lines = failed.lastLines().isEmpty() ? List.of(failed.error()) : failed.lastLines();
        return Outcome.failed(
                redaction.clean(target.spec().name() + " failed" + where + ": " + what),
                lines.stream().map(redaction::clean).toList());
    }
}
