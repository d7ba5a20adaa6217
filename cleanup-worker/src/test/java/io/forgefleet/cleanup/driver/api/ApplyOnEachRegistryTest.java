package io.forgefleet.cleanup.driver.api;

import static io.forgefleet.cleanup.rule.Entries.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import io.forgefleet.cleanup.apply.Deletions;
import io.forgefleet.cleanup.apply.Marks;
import io.forgefleet.cleanup.apply.Report;
import io.forgefleet.cleanup.driver.Capabilities;
import io.forgefleet.cleanup.ledger.Ledger;
import io.forgefleet.cleanup.plan.GraphReader;
import io.forgefleet.cleanup.plan.Judged;
import io.forgefleet.cleanup.plan.Plan;
import io.forgefleet.cleanup.plan.Planner;
import io.forgefleet.cleanup.rule.Entered;
import io.forgefleet.cleanup.rule.Entries;
import io.forgefleet.cleanup.rule.KeepPattern;
import io.forgefleet.cleanup.rule.Verdict;
import io.forgefleet.events.image.Digest;
import io.forgefleet.events.image.TrustClass;
import io.forgefleet.events.ledger.LedgerEntry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Plans, and what comes of them, on every registry that can be had: what a registry cannot do is left, and said. */
class ApplyOnEachRegistryTest {

    @TempDir
    Path folder;

    private final Map<String, Entered> entries = new ConcurrentHashMap<>();
    private final Map<String, Verdict> verdicts = new HashMap<>();

    /** In memory: nobody else writes to it here. */
    private final Ledger ledger = new Ledger() {
        @Override
        public Instant catchUp() {
            return NOW;
        }

        @Override
        public Map<Digest, List<Entered>> of(String image) {
            Map<Digest, List<Entered>> all = new HashMap<>();
            entries.values().forEach(each -> all.computeIfAbsent(each.entry().digest(), d -> new ArrayList<>())
                    .add(each));
            return all;
        }

        @Override
        public void enter(LedgerEntry entry) {
            entries.put(entry.key(), new Entered(entry, NOW));
        }

        @Override
        public void forget(Collection<String> keys) {
            keys.forEach(entries::remove);
        }
    };

    private final Marks nobodyElse = keys -> Optional.of(new Marks.Mark() {
        @Override
        public void ensureHeld() {}

        @Override
        public void close() {}
    });

    private void enter(Digest digest, boolean over, String... tags) {
        Entered entered = Entries.entry(
                LedgerEntry.Kind.IMAGE, digest, digest.value(), 2L, null, TrustClass.BRANCH, Duration.ofDays(2), tags);
        entries.put(entered.entry().key(), entered);
        verdicts.put(entered.entry().key(), over ? new Verdict.Expired("over", NOW) : new Verdict.Kept("kept"));
    }

    @ParameterizedTest
    @EnumSource(names = {"DISTRIBUTION_2", "DISTRIBUTION_3", "GITEA"})
    void whatIsOverGoesAndAllThatStaysComesWhole(RegistrySite.Sort sort) throws Exception {
        try (RegistrySite site = RegistrySite.start(sort, folder)) {
            Digest child = site.pushes().image("child", Optional.empty());
            Digest kept = site.pushes().index(Map.of(child, 1), "pr-267-b");
            Digest other = site.pushes().image("other", Optional.empty());
            Digest going = site.pushes().index(Map.of(child, 1, other, 1), "pr-2-a");
            Digest about = site.pushes().image("about", Optional.of(going), "report-of-a");
            Digest promoted = site.pushes().image("promoted", Optional.empty(), "pr-2-c", "v1.0");
            enter(kept, false, "pr-267-b");
            enter(going, true, "pr-2-a");
            enter(about, true, "report-of-a");
            enter(promoted, true, "pr-2-c");

            Plan plan = plan(site);
            Report report = apply(site, plan);

            assertThat(report.deleted()).contains(going, about, other);
            assertThat(report.deleted()).doesNotContain(child, kept, promoted);
            assertThat(report.skipped()).isEmpty();
            assertThat(report.incomplete()).isEmpty();
            assertThat(report.untagged()).containsExactlyElementsOf(site.untag() ? List.of("pr-2-c") : List.of());
            assertThat(plan.notes().isEmpty()).as("what is left is said").isEqualTo(site.untag());
            var registry = site.driver().reader().registry();
            assertThat(registry.digest(site.repository(), "v1.0")).contains(promoted);
            assertThat(registry.whole(site.repository(), kept)).isPresent();
            assertThat(registry.digest(site.repository(), "pr-2-a")).isEmpty();
            assertThat(plan(site).isEmpty()).as("nothing is left to do").isTrue();
        }
    }

    private Plan plan(RegistrySite site) throws Exception {
        Map<Digest, List<Judged>> judged = new HashMap<>();
        ledger.of(Entries.IMAGE)
                .forEach((digest, all) -> judged.put(
                        digest,
                        all.stream()
                                .map(each -> new Judged(
                                        each, verdicts.get(each.entry().key())))
                                .toList()));
        Capabilities can = site.driver().capabilities(site.repository());
        return new Planner(
                        Entries.IMAGE,
                        GraphReader.read(site.driver(), can, site.repository(), judged.keySet()),
                        judged,
                        KeepPattern.NONE,
                        can)
                .plan();
    }

    private Report apply(RegistrySite site, Plan plan) throws Exception {
        return new Deletions(
                        site.driver(),
                        site.driver().capabilities(site.repository()),
                        site.repository(),
                        plan,
                        nobodyElse,
                        ledger,
                        (digest, tags, keys, reason) -> {})
                .run();
    }
}
