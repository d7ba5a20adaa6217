package io.forgefleet.cleanup.apply;

import io.forgefleet.cleanup.driver.RegistryDriver;
import io.forgefleet.cleanup.driver.Removal;
import io.forgefleet.cleanup.ledger.Ledger;
import io.forgefleet.cleanup.rule.Entered;
import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.ClientException.Kind;
import io.forgefleet.clients.registry.Manifest;
import io.forgefleet.clients.registry.Registry;
import io.forgefleet.events.image.Digest;
import io.forgefleet.events.ledger.LedgerEntry;
import io.forgefleet.runtime.claim.ClaimKeys;
import io.forgefleet.runtime.claim.ClaimLostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/** Takes a thing back from the trash: it gets its tags again, and stays until somebody deletes it by hand. */
public final class Restore {

    private final RegistryDriver driver;
    private final String repository;
    private final String image;
    private final Marks marks;
    private final Ledger ledger;

    /**
     * @param repository path in the registry
     * @param image registry and repository, as the ledger has it
     */
    public Restore(RegistryDriver driver, String repository, String image, Marks marks, Ledger ledger) {
        this.driver = driver;
        this.repository = repository;
        this.image = image;
        this.marks = marks;
        this.ledger = ledger;
    }

    /**
     * Does it. What was killed over it is done by the same call again.
     *
     * @param id tag of the trash
     * @return the tags that it has again; empty where the image has nothing of that id
     * @throws ClientException when it is gone, in somebody's hands, or the registry does not do it
     */
    public Optional<Set<String>> undo(String id) throws ClientException, TimeoutException, InterruptedException {
        ledger.catchUp();
        Optional<Digest> digest = inTrash(id);
        if (digest.isEmpty()) {
            return Optional.empty();
        }
        List<String> keys =
                new ArrayList<>(List.of(ClaimKeys.ofDigest(image, digest.get()), ClaimKeys.ofTag(image, id)));
        Set<String> tags = tags(digest.get());
        tags.forEach(tag -> keys.add(ClaimKeys.ofTag(image, tag)));
        Optional<Marks.Mark> mark = marks.take(keys);
        if (mark.isEmpty()) {
            throw new ClientException(Kind.UNAVAILABLE, id + " is in the hands of a cleanup or a run: try again");
        }
        try {
            ledger.catchUp();
            if (!inTrash(id).equals(digest)) {
                throw new ClientException(Kind.UNAVAILABLE, id + " changed in this moment: try again");
            }
            return Optional.of(tagged(digest.get(), id, tags, mark.get()));
        } catch (ClaimLostException e) {
            throw new ClientException(Kind.UNAVAILABLE, id + " was taken by somebody else meanwhile: try again", e);
        } finally {
            mark.get().close();
        }
    }

    private Set<String> tagged(Digest digest, String id, Set<String> tags, Marks.Mark mark)
            throws ClientException, ClaimLostException, InterruptedException {
        Registry registry = driver.reader().registry();
        Manifest manifest = registry.whole(repository, digest)
                .orElseThrow(() -> new ClientException(
                        Kind.NOT_FOUND, id + " cannot be taken back: " + image + "@" + digest + " is not there whole"));
        mark.ensureHeld();
        Set<String> back = new TreeSet<>();
        for (String tag : tags) {
            Optional<Digest> now = registry.digest(repository, tag);
            if (now.isEmpty()) {
                registry.tag(repository, manifest, tag);
            }
            if (now.isEmpty() || now.get().equals(digest)) {
                back.add(tag);
            }
        }
        if (back.isEmpty()) {
            throw new ClientException(
                    Kind.REFUSED,
                    "every tag that " + id + " had names something else by now: " + tags + "; it stays there");
        }
        ledger.enter(Trashed.entry(entries(digest).getFirst(), List.copyOf(back)));
        if (driver.untag(repository, id) instanceof Removal.Refused refused) {
            throw new ClientException(Kind.REFUSED, id + " has its tags again, but keeps this one: " + refused.why());
        }
        return back;
    }

    private Optional<Digest> inTrash(String id) {
        return ledger.of(image).entrySet().stream()
                .filter(each -> each.getValue().stream()
                        .map(Entered::entry)
                        .anyMatch(entry -> entry.kind() == LedgerEntry.Kind.TRASH
                                && entry.tags().contains(id)))
                .map(Map.Entry::getKey)
                .findFirst();
    }

    private List<LedgerEntry> entries(Digest digest) {
        return ledger.of(image).getOrDefault(digest, List.of()).stream()
                .map(Entered::entry)
                .toList();
    }

    private Set<String> tags(Digest digest) {
        return entries(digest).stream()
                .filter(entry -> entry.kind() != LedgerEntry.Kind.TRASH)
                .flatMap(entry -> entry.tags().stream())
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
