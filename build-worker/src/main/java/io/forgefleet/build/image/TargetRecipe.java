package io.forgefleet.build.image;

import io.forgefleet.build.image.TagSearch.Target;
import io.forgefleet.build.trust.Frontends;
import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.engine.BuildTarget;
import io.forgefleet.clients.git.Checkout;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.image.TrustClass;
import io.forgefleet.events.repofile.ImageSpec;
import io.forgefleet.events.run.Outcome;
import io.forgefleet.runtime.config.Secret;
import io.forgefleet.runtime.worker.Run;
import io.forgefleet.work.image.ImageLabels;
import io.forgefleet.work.image.Source;
import io.forgefleet.work.place.Redaction;
import io.forgefleet.work.place.RunEndedException;
import io.forgefleet.work.place.Workplace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** How an image of one commit is built: its files, arguments, secrets, what it says about itself. */
public final class TargetRecipe {

    private final Run run;
    private final Workplace place;
    private final Source source;
    private final CommitId commit;
    private final Instant committedAt;

    public TargetRecipe(Run run, Workplace place, Source source, CommitId commit, Instant committedAt) {
        this.run = run;
        this.place = place;
        this.source = source;
        this.commit = commit;
        this.committedAt = committedAt;
    }

    /**
     * Works it out.
     *
     * @throws RunEndedException when the repository asks for what is not there or must not be
     */
    BuildTarget of(String name, Target target, Checkout files, List<String> cacheFrom, List<String> cacheTo)
            throws RunEndedException, IOException, ClientException {
        Path dockerfile = inside(files, target.spec().dockerfile());
        Frontends.require(
                place.rule().frontends(),
                Files.isRegularFile(dockerfile) ? Files.readAllBytes(dockerfile) : new byte[0],
                target.spec().args().getOrDefault("BUILDKIT_SYNTAX", ""));
        Map<String, String> labels = ImageLabels.labels(place.page(), source, commit, committedAt, target.tag());
        Map<String, String> annotations = ImageLabels.annotations(labels, source.trust(), run.id());
        if (target.inputs() != null) {
            annotations.put(ImageLabels.INPUTS, target.inputs());
        }
        return new BuildTarget(
                name,
                inside(files, target.spec().context()),
                dockerfile,
                target.tagged(),
                annotations,
                labels,
                committedAt,
                arguments(target.spec()),
                place.rule().baseImages().entrySet().stream()
                        .collect(Collectors.toMap(Map.Entry::getKey, base -> "docker-image://" + base.getValue())),
                source.trust() == TrustClass.FORK ? Map.of() : secrets(target.spec()),
                cacheFrom,
                cacheTo,
                target.spec().platforms(),
                target.spec().target());
    }

    private Map<String, String> arguments(ImageSpec image) throws RunEndedException {
        Redaction secrets = place.redaction();
        for (Map.Entry<String, String> argument : image.args().entrySet()) {
            if (secrets.holds(argument.getValue())) {
                throw new RunEndedException(
                        Outcome.Reason.FAILED,
                        "the build argument " + argument.getKey() + " of " + image.name()
                                + " holds a secret, and build arguments stay in the image for all to read: name the"
                                + " secret under images[].secrets, and use it by RUN --mount=type=secret,id=…");
            }
        }
        Map<String, String> arguments = new HashMap<>(image.args());
        // caches that RUN mounts are no layers, and are kept apart by their name only
        arguments.put("BUILDKIT_CACHE_MOUNT_NS", source.trust().name().toLowerCase(Locale.ROOT));
        return arguments;
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
}
