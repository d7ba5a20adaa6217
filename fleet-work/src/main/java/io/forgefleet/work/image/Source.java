package io.forgefleet.work.image;

import io.forgefleet.clients.forge.PullRequestState;
import io.forgefleet.events.CommentEvent;
import io.forgefleet.events.ForgeEvent;
import io.forgefleet.events.PullRequestEvent;
import io.forgefleet.events.PushEvent;
import io.forgefleet.events.RefName;
import io.forgefleet.events.TagEvent;
import io.forgefleet.events.image.TrustClass;
import io.forgefleet.runtime.config.RepositoryRule;
import java.util.Optional;

/** Where the code of a build comes from; it decides whom the build may trust and how its images are called. */
public sealed interface Source {

    /**
     * A pull request.
     *
     * @param base the branch that it wants into
     * @param fork whether its code is of someone without write access
     */
    record PullRequest(long number, Branch base, boolean fork) implements Source {

        @Override
        public TrustClass trust() {
            return fork ? TrustClass.FORK : TrustClass.BRANCH;
        }

        @Override
        public ImageTags tags() {
            return ImageTags.ofPullRequest(number);
        }
    }

    /**
     * A branch.
     *
     * @param guarded whether the configuration protects it; a default branch always is protected
     */
    record Branch(RefName name, boolean isDefault, boolean guarded) implements Source {

        @Override
        public TrustClass trust() {
            return isDefault || guarded ? TrustClass.PROTECTED : TrustClass.BRANCH;
        }

        @Override
        public ImageTags tags() {
            return isDefault ? ImageTags.ofDefaultBranch() : ImageTags.ofBranch(name.shortName());
        }
    }

    /** A tag. What it names is protected: whoever may tag decides what is released. */
    record Tag(RefName name) implements Source {

        @Override
        public TrustClass trust() {
            return TrustClass.PROTECTED;
        }

        @Override
        public ImageTags tags() {
            return ImageTags.ofBranch(name.shortName());
        }
    }

    /**
     * Where the code of an event's commit comes from.
     *
     * @param defaultBranch of the event's repository; empty while it has none
     * @param now the pull request as its forge has it, which knows better than an event; empty where it did not say
     * @throws IllegalArgumentException for events that ask for no build, and comments when {@code now} is empty
     */
    static Source of(
            ForgeEvent event, RepositoryRule rule, Optional<RefName> defaultBranch, Optional<PullRequestState> now) {
        return switch (event) {
            case PushEvent push -> branch(push.ref(), rule, defaultBranch);
            case PullRequestEvent request -> {
                RefName base =
                        now.map(state -> RefName.branch(state.baseBranch())).orElse(request.base());
                boolean fork = request.fork() || now.map(PullRequestState::fork).orElse(false);
                yield new PullRequest(request.number(), branch(base, rule, defaultBranch), fork);
            }
            case CommentEvent comment -> {
                PullRequestState state = now.orElseThrow(
                        () -> new IllegalArgumentException("a comment does not tell what its pull request is"));
                Branch base = branch(RefName.branch(state.baseBranch()), rule, defaultBranch);
                yield new PullRequest(comment.number(), base, state.fork());
            }
            case TagEvent tag -> new Tag(tag.ref());
        };
    }

    /** A branch as the configuration and the forge see it. */
    static Branch branch(RefName name, RepositoryRule rule, Optional<RefName> defaultBranch) {
        boolean isDefault = defaultBranch.map(name::equals).orElse(false);
        return new Branch(name, isDefault, rule.isProtected(name.shortName()));
    }

    /** Whether an event says that its code is a stranger's; of one that does not say, it is taken to be. */
    static boolean isFork(ForgeEvent event) {
        return !(event instanceof PullRequestEvent request) || request.fork();
    }

    TrustClass trust();

    ImageTags tags();
}
