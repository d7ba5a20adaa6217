package io.forgefleet.clients.forge.release;

import java.util.List;

/**
 * What a release is after a call: every file of its plan is there, byte for byte.
 *
 * @param url of its page; a draft is shown to those who may write, on GitLab nowhere
 * @param published false while it is a draft
 * @param uploaded names of files that this call sent
 * @param kept names of files that were there already
 * @param foreign names of further files, which the fleet did not make and does not touch
 */
public record PreparedRelease(
        String url, boolean published, List<String> uploaded, List<String> kept, List<String> foreign) {

    public PreparedRelease {
        uploaded = List.copyOf(uploaded);
        kept = List.copyOf(kept);
        foreign = List.copyOf(foreign);
    }
}
