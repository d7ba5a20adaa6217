package io.forgefleet.release.plan;

import io.forgefleet.events.CommitId;
import io.forgefleet.events.ForgeEvent;
import io.forgefleet.events.PushEvent;
import io.forgefleet.events.TagEvent;
import io.forgefleet.events.job.WorkerKind;
import io.forgefleet.events.run.RunSubject;
import io.forgefleet.runtime.config.FleetConfig;
import io.forgefleet.runtime.worker.WorkerDeclaration;
import io.forgefleet.work.release.ReleaseTargets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which events ask for a release: tags that came or moved. One that went asks for the end of what was begun. Pushes come as jobs
 * only, with images of the default branch.
 */
public final class ReleasePlanner implements WorkerDeclaration.Planner {

    private final FleetConfig config;

    public ReleasePlanner(FleetConfig config) {
        this.config = config;
    }

    @Override
    public Optional<RunSubject> subject(ForgeEvent event, boolean replay) {
        boolean releases = config.covers(event.repository())
                && config.ruleFor(event.repository())
                        .filter(rule -> rule.release() != null)
                        .isPresent();
        if (!releases) {
            return Optional.empty();
        }
        return switch (event) {
            case TagEvent tag -> {
                String target = tag.after() == null ? ReleaseTargets.ABORT : ReleaseTargets.RELEASE;
                yield Optional.of(subject(event, target, tag.commit(), tag.ref().value(), replay));
            }
            case PushEvent push ->
                Optional.of(subject(
                        event, ReleaseTargets.SIGN, push.after(), push.ref().value(), replay));
            default -> Optional.empty();
        };
    }

    private static RunSubject subject(
            ForgeEvent event, String target, @Nullable CommitId commit, String ref, boolean replay) {
        return new RunSubject(WorkerKind.RELEASE, event.id(), event.repository(), target, commit, ref, null, replay);
    }
}
