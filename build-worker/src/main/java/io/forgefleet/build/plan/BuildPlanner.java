package io.forgefleet.build.plan;

import io.forgefleet.events.ApprovalCommand;
import io.forgefleet.events.CommentEvent;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.ForgeEvent;
import io.forgefleet.events.PullRequestEvent;
import io.forgefleet.events.PushEvent;
import io.forgefleet.events.TagEvent;
import io.forgefleet.events.job.WorkerKind;
import io.forgefleet.events.run.RunSubject;
import io.forgefleet.runtime.config.FleetConfig;
import io.forgefleet.runtime.config.RepositoryRule;
import io.forgefleet.runtime.worker.WorkerDeclaration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which events ask for images: commits new to a branch that is built, pull requests whose head may be new, and approvals of
 * strangers' commits.
 */
public final class BuildPlanner implements WorkerDeclaration.Planner {

    /** What a run makes: all images that the repository declares. */
    public static final String TARGET = "images";

    /** What a run makes that another one left: the CI images of the commit; with a slash and a name behind it, that one. */
    public static final String CI_IMAGES = "ci-images";

    /** What a run of {@link WorkerKind#TEMPLATE} makes: all databases; with a slash and a name behind it, that one. */
    public static final String TEMPLATES = "template-db";

    private final FleetConfig config;
    private final WorkerKind kind;
    private final String target;

    private BuildPlanner(FleetConfig config, WorkerKind kind, String target) {
        this.config = config;
        this.kind = kind;
        this.target = target;
    }

    /** For images. */
    public BuildPlanner(FleetConfig config) {
        this(config, WorkerKind.BUILD, TARGET);
    }

    /** For template databases, which the same events ask for. */
    public static BuildPlanner ofTemplates(FleetConfig config) {
        return new BuildPlanner(config, WorkerKind.TEMPLATE, TEMPLATES);
    }

    @Override
    public Optional<RunSubject> subject(ForgeEvent event, boolean replay) {
        if (!config.covers(event.repository())) {
            return Optional.empty();
        }
        return config.ruleFor(event.repository()).flatMap(rule -> switch (event) {
            case PushEvent push ->
                rule.builds(push.ref().shortName())
                        ? Optional.ofNullable(push.after())
                                .map(head -> subject(event, head, push.ref().value(), null, replay))
                        : Optional.empty();
            case PullRequestEvent request ->
                request.action().mayNeedImage() || approvesByLabel(request, rule)
                        ? Optional.of(subject(event, request.head(), null, request.number(), replay))
                        : Optional.empty();
            // of tags release workers leave jobs; a replay is one for them, and no build of its own
            case TagEvent tag ->
                Optional.ofNullable(tag.after())
                        .filter(after -> !replay)
                        .map(after -> subject(event, tag.commit(), tag.ref().value(), null, false));
            case CommentEvent comment ->
                Optional.ofNullable(comment.head())
                        .filter(head -> ApprovalCommand.in(comment.body())
                                .filter(command -> command.covers(head))
                                .isPresent())
                        .map(head -> subject(event, head, null, comment.number(), replay));
        });
    }

    /** Which label it is not every forge tells; it is asked. */
    private static boolean approvesByLabel(PullRequestEvent request, RepositoryRule rule) {
        return request.action() == PullRequestEvent.Action.LABELLED
                && request.fork()
                && rule.strangers().label() != null;
    }

    private RunSubject subject(
            ForgeEvent event,
            @Nullable CommitId commit,
            @Nullable String ref,
            @Nullable Long pullRequest,
            boolean replay) {
        return new RunSubject(kind, event.id(), event.repository(), target, commit, ref, pullRequest, replay);
    }
}
