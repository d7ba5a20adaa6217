package io.forgefleet.events.image;

/** Whose code a build runs. No class reads what a lower one wrote. In rising order of trust. */
public enum TrustClass {
    /** Code of someone without write access. */
    FORK,
    /** Pull requests and branches of the repository itself. */
    BRANCH,
    /** Default and protected branches, tags. */
    PROTECTED
}
