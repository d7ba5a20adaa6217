package io.forgefleet.runtime.claim;

import io.forgefleet.events.image.Digest;
import io.forgefleet.events.job.RunId;

/** The names of what is claimed by more than one worker kind. */
public final class ClaimKeys {

    private ClaimKeys() {}

    /**
     * Of who is to give an image a tag, takes up what has it, or removes it.
     *
     * @param image registry and repository, as the engine names them
     */
    public static String ofTag(String image, String tag) {
        return "tag/" + image + ":" + tag;
    }

    /** Of who makes use of a manifest that is there, or deletes it. */
    public static String ofDigest(String image, Digest digest) {
        return "digest/" + image + "@" + digest;
    }

    /** Of the run itself. */
    public static String ofRun(RunId run) {
        return "run/" + run;
    }
}
