package io.forgefleet.cleanup.apply;

import io.forgefleet.cleanup.driver.Listing;
import io.forgefleet.cleanup.driver.RegistryDriver;
import io.forgefleet.cleanup.driver.StoredManifest;
import io.forgefleet.cleanup.plan.Item;
import io.forgefleet.cleanup.plan.Item.Fate;
import io.forgefleet.cleanup.plan.Plan;
import io.forgefleet.clients.ClientException;
import io.forgefleet.events.image.Digest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Looks whether all that was to stay still comes whole, down to each blob. */
final class Completeness {

    private Completeness() {}

    static List<String> missing(RegistryDriver driver, String repository, Plan plan)
            throws ClientException, InterruptedException {
        List<Item> staying =
                plan.items().stream().filter(item -> item.fate() != Fate.DELETE).toList();
        Set<Digest> digests = staying.stream().map(Item::digest).collect(Collectors.toCollection(HashSet::new));
        Listing listing = driver.list(repository);
        Map<String, Digest> tags = listing.tags();
        Map<Digest, StoredManifest> manifests = new HashMap<>(listing.manifests());
        digests.removeAll(manifests.keySet());
        manifests.putAll(driver.reader().manifests(repository, digests));
        Set<Digest> blobs = new HashSet<>();
        manifests.values().forEach(manifest -> blobs.addAll(manifest.blobs().keySet()));
        Set<Digest> absent = driver.reader().missingBlobs(repository, blobs);
        List<String> missing = new ArrayList<>();
        for (Item item : staying) {
            StoredManifest manifest = manifests.get(item.digest());
            if (manifest == null) {
                missing.add(item.digest() + " is not there any more");
                continue;
            }
            item.tags().stream()
                    .filter(tag -> !item.tagsToGo().contains(tag) && !tags.containsKey(tag))
                    .forEach(tag -> missing.add("tag " + tag + " is not there any more"));
            manifest.blobs().keySet().stream()
                    .filter(absent::contains)
                    .forEach(blob -> missing.add(item.digest() + " lacks its blob " + blob));
        }
        return missing;
    }
}
