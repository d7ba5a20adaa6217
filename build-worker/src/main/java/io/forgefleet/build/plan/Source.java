package io.forgefleet.build.plan;

import io.forgefleet.events.ForgeKind;
import io.forgefleet.events.RefName;
import io.forgefleet.events.image.TrustClass;

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

        @Override
        public String ref(ForgeKind forge) {
            return "refs/" + (forge == ForgeKind.GITLAB ? "merge-requests/" : "pull/") + number + "/head";
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

        @Override
        public String ref(ForgeKind forge) {
            return name.value();
        }
    }

    TrustClass trust();

    ImageTags tags();

    /** The ref in the base repository that names its head; a fork's own URL is never asked. */
    String ref(ForgeKind forge);
}
