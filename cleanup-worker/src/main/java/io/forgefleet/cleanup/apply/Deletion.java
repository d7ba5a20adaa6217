package io.forgefleet.cleanup.apply;

import io.forgefleet.cleanup.driver.Capabilities;
import io.forgefleet.cleanup.driver.RegistryDriver;
import io.forgefleet.cleanup.driver.Removal;
import io.forgefleet.cleanup.ledger.Ledger;
import io.forgefleet.cleanup.plan.Item;
import io.forgefleet.cleanup.plan.Item.Fate;
import io.forgefleet.cleanup.rule.Entered;
import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.registry.Manifest;
import io.forgefleet.clients.registry.Registry;
import io.forgefleet.events.ledger.LedgerEntry;
import io.forgefleet.runtime.claim.ClaimLostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The deletion of one manifest, or of tags of it, under its mark. */
final class Deletion {

    private static final int ATTEMPTS = 6;
    private static final Duration FIRST_WAIT = Duration.ofMillis(250);

    /** It is not done, and the reason is for people. */
    static final class Left extends Exception {

        private static final long serialVersionUID = 1;

        /** Whether nothing else need be tried either. */
        final boolean forAll;

        Left(String why, boolean forAll) {
            super(why);
            this.forAll = forAll;
        }
    }

    private final RegistryDriver driver;
    private final Registry registry;
    private final Capabilities can;
    private final String repository;
    private final String image;
    private final Ledger ledger;
    private final Told told;
    private final Pace pace;

    Deletion(
            RegistryDriver driver,
            Capabilities can,
            String repository,
            String image,
            Ledger ledger,
            Told told,
            Pace pace) {
        this.image = image;
        this.told = told;
        this.driver = driver;
        this.registry = driver.reader().registry();
        this.can = can;
        this.repository = repository;
        this.ledger = ledger;
        this.pace = pace;
    }

    /**
     * Does it, after a last look at its tags.
     *
     * @throws Left when it changed since the plan, the registry does not want to, or the mark was lost
     */
    void of(Item item, Marks.Mark mark) throws Left, ClientException, InterruptedException {
        List<String> tags = new ArrayList<>();
        for (String tag : item.tagsToGo()) {
            var now = registry.digest(repository, tag);
            if (now.isPresent() && !now.get().equals(item.digest())) {
                throw new Left("tag " + tag + " names something else since the plan", false);
            }
            if (now.isPresent()) {
                tags.add(tag);
            }
        }
        Optional<Manifest> manifest = registry.find(repository, item.digest().value());
        if (manifest.isPresent()) {
            keepInTrash(item, mark, manifest.get());
            remove(item, tags, mark, manifest.get());
        }
        if (item.fate() == Fate.DELETE) {
            told.deleted(item.digest(), item.tags(), item.ledger(), item.reason());
        }
        ledger.forget(item.over());
    }

    /** The entry first: a tag of ours that no entry tells of would stay for ever. */
    private void keepInTrash(Item item, Marks.Mark mark, Manifest manifest)
            throws Left, ClientException, InterruptedException {
        String tag = item.trash();
        if (tag == null) {
            return;
        }
        List<Entered> entries = ledger.of(image).getOrDefault(item.digest(), List.of());
        try {
            mark.ensureHeld();
        } catch (ClaimLostException e) {
            throw new Left("its mark was lost: " + e.getMessage(), false);
        }
        if (entries.stream().noneMatch(each -> each.entry().kind() == LedgerEntry.Kind.TRASH)) {
            ledger.enter(Trashed.entry(
                    entries.stream()
                            .findFirst()
                            .orElseThrow(() -> new Left("the ledger has nothing of it any more", false))
                            .entry(),
                    List.of(tag)));
        }
        registry.tag(repository, manifest, tag);
    }

    private void remove(Item item, List<String> tags, Marks.Mark mark, Manifest manifest)
            throws Left, ClientException, InterruptedException {
        try {
            if (can.untag()) {
                for (String tag : tags) {
                    done("untag " + tag, mark, () -> driver.untag(repository, tag));
                }
            }
            if (item.fate() == Fate.DELETE) {
                done("delete " + item.digest(), mark, () -> driver.delete(repository, item.digest()));
            }
            // frozen for longer than a mark is good, this process may have deleted what a run had taken up meanwhile
            mark.ensureHeld();
        } catch (ClaimLostException e) {
            putBack(tags, manifest);
            throw new Left("its mark was lost, and it was put back: " + e.getMessage(), false);
        }
    }

    /** The registry still has every blob of it. */
    private void putBack(List<String> tags, Manifest manifest) throws ClientException, InterruptedException {
        registry.tag(repository, manifest, manifest.digest().value());
        for (String tag : tags) {
            if (registry.digest(repository, tag).isEmpty()) {
                registry.tag(repository, manifest, tag);
            }
        }
    }

    @FunctionalInterface
    private interface Request {
        Removal send() throws InterruptedException;
    }

    private void done(String what, Marks.Mark mark, Request request)
            throws Left, ClaimLostException, InterruptedException {
        Duration wait = FIRST_WAIT;
        String why = "";
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            pace.await();
            mark.ensureHeld();
            Removal removal = request.send();
            if (removal instanceof Removal.Refused refused) {
                throw new Left("could not " + what + ": " + refused.why(), false);
            }
            if (removal instanceof Removal.Denied denied) {
                throw new Left("could not " + what + ": " + denied.why(), true);
            }
            if (!(removal instanceof Removal.Later later)) {
                return;
            }
            why = later.why();
            pace.hold(later.after().compareTo(wait) > 0 ? later.after() : wait);
            wait = wait.multipliedBy(2);
        }
        throw new Left("could not " + what + " after " + ATTEMPTS + " attempts: " + why, false);
    }
}
