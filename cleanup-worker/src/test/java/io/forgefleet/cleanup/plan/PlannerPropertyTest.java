package io.forgefleet.cleanup.plan;

import static io.forgefleet.cleanup.rule.Entries.IMAGE;
import static io.forgefleet.cleanup.rule.Entries.digest;
import static org.assertj.core.api.Assertions.assertThat;

import io.forgefleet.cleanup.driver.Capabilities;
import io.forgefleet.cleanup.driver.StoredManifest;
import io.forgefleet.cleanup.graph.RegistryGraph;
import io.forgefleet.cleanup.plan.Item.Fate;
import io.forgefleet.cleanup.rule.Entered;
import io.forgefleet.cleanup.rule.Entries;
import io.forgefleet.cleanup.rule.KeepPattern;
import io.forgefleet.cleanup.rule.Verdict;
import io.forgefleet.events.image.Digest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Random repositories: what stays comes whole with its signatures, and nothing stays that may go. */
class PlannerPropertyTest {

    private static final Capabilities DISTRIBUTION_3 = new Capabilities(true, true, true, false, false, "");
    private static final Capabilities DISTRIBUTION_2 = new Capabilities(false, true, true, false, false, "");

    private static final class World {
        final Map<String, Digest> tags = new TreeMap<>();
        final Map<Digest, StoredManifest> manifests = new HashMap<>();
        final Map<Digest, List<Judged>> ledger = new HashMap<>();
        final Set<Digest> foreign = new HashSet<>();

        World(Random random) {
            List<Digest> images = new ArrayList<>();
            for (int i = 0; i < 4 + random.nextInt(20); i++) {
                images.add(put("image" + i, List.of(), Optional.empty()));
            }
            List<Digest> tops = new ArrayList<>(images);
            for (int i = 0; i < random.nextInt(6); i++) {
                tops.add(put("index" + i, some(random, images, 3), Optional.empty()));
            }
            for (int i = 0; i < tops.size(); i++) {
                Digest top = tops.get(i);
                boolean child = manifests.values().stream()
                        .anyMatch(each -> each.children().contains(top));
                if (!child || random.nextInt(3) == 0) {
                    own(random, top, "tag" + i);
                }
                if (random.nextInt(8) == 0) {
                    tags.put("prod-" + i, top);
                    foreign.add(top);
                }
                if (random.nextInt(4) == 0) {
                    about(random, top, i);
                }
            }
        }

        private void about(Random random, Digest top, int i) {
            Digest report = put("report" + i, List.of(), Optional.of(top));
            tags.put(top.value().replace(':', '-') + ".scan", report);
            enter(
                    report,
                    "report" + i,
                    new Verdict.Attached("about"),
                    top.value().replace(':', '-') + ".scan");
            if (random.nextInt(4) == 0) {
                Digest signature = put("signature" + i, List.of(), Optional.of(top));
                Digest list = put("list" + i, List.of(signature), Optional.empty());
                tags.put(top.value().replace(':', '-'), list);
                foreign.add(signature);
            }
        }

        private void own(Random random, Digest top, String tag) {
            int ways = 1 + random.nextInt(2);
            for (int i = 0; i < ways; i++) {
                String name = tag + "-" + i;
                tags.put(name, top);
                Verdict verdict = random.nextBoolean()
                        ? new Verdict.Kept("kept", null)
                        : new Verdict.Expired("over", Entries.NOW.minus(Duration.ofDays(2)));
                enter(top, name, verdict, name);
            }
        }

        private void enter(Digest digest, String name, Verdict verdict, String tag) {
            Entered entered = Entries.entry(
                    io.forgefleet.events.ledger.LedgerEntry.Kind.IMAGE,
                    digest,
                    name,
                    1L,
                    null,
                    io.forgefleet.events.image.TrustClass.BRANCH,
                    Duration.ofDays(3),
                    tag);
            ledger.computeIfAbsent(digest, d -> new ArrayList<>()).add(new Judged(entered, verdict));
        }

        private Digest put(String name, List<Digest> children, Optional<Digest> subject) {
            Digest digest = digest(name);
            manifests.put(
                    digest,
                    new StoredManifest(
                            digest, "", "", 100, children, subject, Map.of(digest("blob" + name), 1000L), Map.of()));
            return digest;
        }

        private static List<Digest> some(Random random, List<Digest> of, int most) {
            Set<Digest> some = new HashSet<>();
            for (int i = 0; i <= random.nextInt(most); i++) {
                some.add(of.get(random.nextInt(of.size())));
            }
            return List.copyOf(some);
        }
    }

    @Property(tries = 2000)
    void whatStaysComesWholeAndNothingStaysThatMayGo(@ForAll long seed, @ForAll boolean untags) {
        World world = new World(new Random(seed));
        RegistryGraph graph = new RegistryGraph(world.tags, world.manifests, Map.of());
        Plan plan = new Planner(IMAGE, graph, world.ledger, KeepPattern.NONE, untags ? DISTRIBUTION_3 : DISTRIBUTION_2)
                .plan();

        Set<Digest> gone = new HashSet<>();
        plan.deletions().forEach(item -> gone.add(item.digest()));
        assertThat(plan.items()).hasSize(world.manifests.size());

        for (Digest digest : world.manifests.keySet()) {
            boolean stays = !gone.contains(digest);
            if (stays) {
                assertThat(world.manifests.get(digest).children())
                        .as("children of what stays")
                        .noneMatch(gone::contains);
                graph.subjectsOf(digest).forEach(subject -> assertThat(gone).doesNotContain(subject));
            }
        }
        world.ledger.forEach((digest, entries) -> {
            if (entries.stream().anyMatch(each -> each.verdict() instanceof Verdict.Kept)) {
                assertThat(gone).as("kept by a rule").doesNotContain(digest);
            }
        });
        assertThat(world.foreign).as("of others").noneMatch(gone::contains);
        for (StoredManifest about : world.manifests.values()) {
            about.subject().ifPresent(subject -> {
                if (!gone.contains(subject)) {
                    assertThat(gone).as("what is about what stays").doesNotContain(about.digest());
                }
            });
        }
        assertThat(left(world, graph, gone)).as("may go and stays").isEmpty();
        for (Item item : plan.untaggings()) {
            assertThat(untags).isTrue();
            assertThat(item.tagsToGo()).allMatch(tag -> world.ledger.get(item.digest()).stream()
                    .filter(each -> each.entered().entry().tags().contains(tag))
                    .allMatch(each -> each.verdict() instanceof Verdict.Expired));
        }
        assertThat(plan.items().stream().filter(item -> item.fate() == Fate.KEEP))
                .allSatisfy(item -> assertThat(item.chain()).isNotEmpty());
    }

    /** Worked out the other way round than the planner does: takes away, one by one, what nothing that is there needs. */
    private static Set<Digest> left(World world, RegistryGraph graph, Set<Digest> gone) {
        Set<Digest> there = new HashSet<>(world.manifests.keySet());
        there.removeAll(gone);
        Set<Digest> free = new HashSet<>();
        for (Digest digest : there) {
            List<Judged> entries = world.ledger.getOrDefault(digest, List.of());
            boolean over =
                    !entries.isEmpty() && entries.stream().allMatch(each -> each.verdict() instanceof Verdict.Expired);
            boolean needed = world.foreign.contains(digest)
                    || !graph.indexesOf(digest).isEmpty()
                    || world.manifests.values().stream()
                            .anyMatch(each -> each.subject().map(digest::equals).orElse(false)
                                    && world.foreign.contains(each.digest()));
            if (over && !needed) {
                free.add(digest);
            }
        }
        return free;
    }
}
