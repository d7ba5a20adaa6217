package io.forgefleet.benchmarks.cleanup;

import io.forgefleet.benchmarks.cleanup.StoredRepository.Written;
import io.forgefleet.clients.registry.Referrers;
import io.forgefleet.events.image.Digest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What a repository of a busy team holds: of each 20 tags, 16 on an image of their own, 2 on one image, 1 on an index of two
 * platforms, 1 that lists the signature of an image; and 2 manifests without a tag. 24 manifests in all.
 *
 * @param singles images with one tag, which may all be deleted
 * @param ours what the fleet made of all that, each for the pull request of its group
 */
record Population(int tags, int manifests, List<Digest> singles, List<Made> ours) {

    /** An image of a pull request; they are numbered from 1. */
    record Made(Digest digest, String tag, int pullRequest) {}

    private static final int TAGS = 20;
    private static final int MANIFESTS = 24;

    Population {
        singles = List.copyOf(singles);
        ours = List.copyOf(ours);
    }

    static int groups(int tags) {
        return tags / TAGS;
    }

    /**
     * @param tags a multiple of 20
     */
    static Population write(StoredRepository into, int tags) throws IOException {
        List<Digest> singles = new ArrayList<>();
        List<Made> ours = new ArrayList<>();
        for (int group = 0; group < groups(tags); group++) {
            Written last = image(into, group, 0, ours);
            singles.add(last.digest());
            for (int i = 1; i < 16; i++) {
                last = image(into, group, i, ours);
                singles.add(last.digest());
            }
            // what is signed stays
            singles.removeLast();
            Written signature = into.image("signature-" + group, last);
            into.tag(Referrers.fallbackTag(last.digest()), into.index(List.of(signature)));
            Written shared = into.image("shared-" + group, null);
            into.tag("v1." + group, shared);
            into.tag("pr-" + (group + 1) + "-fffffff", shared);
            ours.add(new Made(shared.digest(), "pr-" + (group + 1) + "-fffffff", group + 1));
            Written amd = into.image("amd64-" + group, null);
            Written arm = into.image("arm64-" + group, null);
            into.tag("v2." + group, into.index(List.of(amd, arm)));
            into.image("untagged-" + group, null);
            into.image("forgotten-" + group, null);
        }
        return new Population(tags, groups(tags) * MANIFESTS, singles, ours);
    }

    private static Written image(StoredRepository into, int group, int number, List<Made> ours) throws IOException {
        Written image = into.image(group + "-" + number, null);
        String tag = "pr-" + (group + 1) + "-" + String.format("%07x", number);
        into.tag(tag, image);
        ours.add(new Made(image.digest(), tag, group + 1));
        return image;
    }
}
