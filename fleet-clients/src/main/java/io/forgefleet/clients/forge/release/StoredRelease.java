package io.forgefleet.clients.forge.release;

import java.util.Optional;

/**
 * A release as a forge has it, draft or published.
 *
 * @param id as the forge names it
 * @param url of its page; empty when it has none yet
 * @param uploadTo where its files are sent to; empty where that follows from the id
 * @param notes with the fleet's mark, if it is one of the fleet's
 */
public record StoredRelease(
        String id, String url, String uploadTo, boolean draft, String title, String notes, boolean prerelease) {

    Optional<ReleaseMarker> marker() {
        return ReleaseMarker.of(notes);
    }
}
