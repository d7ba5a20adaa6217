package io.forgefleet.benchmarks.cleanup;

import io.forgefleet.benchmarks.measure.Bench;
import io.forgefleet.benchmarks.measure.Benchmark;
import io.forgefleet.benchmarks.measure.Figure;
import io.forgefleet.benchmarks.measure.Table;
import io.forgefleet.cleanup.driver.OciDriver;
import io.forgefleet.cleanup.driver.RegistryDriver;
import io.forgefleet.cleanup.driver.RegistryReader;
import io.forgefleet.cleanup.driver.Removal;
import io.forgefleet.clients.registry.DockerCredentials;
import io.forgefleet.clients.registry.Registry;
import io.forgefleet.events.image.Digest;
import io.forgefleet.host.registry.RegistryProgram;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * A cleanup worker on a registry of 10,000 tags: the whole plan, a sweep with nothing to do, deletions over many repositories and in
 * the large one, against a plain loop and against bare concurrent requests.
 */
public final class CleanupBenchmark implements Benchmark {

    private static final String LARGE = "large";
    private static final int GROUP = 20;
    private static final int PER_GROUP = 10;
    private static final int AT_ONCE = 16;

    /** A worker looks by itself a second after what is new in the ledger; by then it has. */
    private static final Duration SETTLED = Duration.ofSeconds(5);

    private static final Duration TIMEOUT = Duration.ofMinutes(2);

    /** Something that is measured. */
    private interface Work {
        void run() throws Exception;
    }

    /** Lets go of one manifest. */
    private interface Deletion {
        void delete(Digest digest) throws Exception;
    }

    @Override
    public List<Figure> measure(Bench bench) throws Exception {
        if (RegistryProgram.findAny().isEmpty()) {
            return List.of(Figure.skipped("cleanup", "no registry program (apt-get install docker-registry)"));
        }
        List<Figure> figures = new ArrayList<>();
        try (CleanupSite site = new CleanupSite(bench)) {
            int tags = bench.size(10_000, 200);
            Population large = large(bench, site, tags);
            plan(bench, site, large, figures);
            deletionsInOne(bench, site, large, figures);
            deletions(bench, site, figures);
        }
        return figures;
    }

    private static Population large(Bench bench, CleanupSite site, int tags) throws Exception {
        bench.say("writing " + tags + " tags, opening " + Population.groups(tags) + " pull requests");
        Population large = Population.write(new StoredRepository(site.storage(), "team/" + LARGE), tags);
        site.repository(LARGE, Population.groups(tags));
        site.enter(LARGE, large.ours());
        Thread.sleep(SETTLED);
        return large;
    }

    private static void plan(Bench bench, CleanupSite site, Population large, List<Figure> figures) throws Exception {
        // what nothing names and the ledger does not have no registry of this kind tells of
        int reachable = large.manifests() - 2 * Population.groups(large.tags());
        bench.say("planning");
        CleanupSite.Answer plan = done(site.prune("team/" + LARGE, true));
        check(plan.planned(), reachable);
        bench.say(
                Table.text("planned in %.1f s, with %.0f MiB at most; the peer reads", plan.seconds(), site.mostMiB()));
        double theirs;
        try (PlainLoop peer = new PlainLoop(site.registry(), "team/" + LARGE)) {
            theirs = seconds(() -> check(peer.read(), reachable));
        }
        figures.add(Figure.of(
                "plan of " + large.tags() + " tags on " + large.manifests() + " manifests, "
                        + Population.groups(large.tags()) + " pull requests",
                Table.text("%.1f s; plain loop, reading alone %.1f s", plan.seconds(), theirs),
                "≤ 10 s",
                plan.seconds() <= 10));
        double memory = site.mostMiB();
        figures.add(Figure.of(
                "… the worker's memory, at most",
                Table.text("%.0f MiB", memory),
                "≤ 256 MB",
                memory * 1.048576 <= 256));
        bench.say("sweeping with nothing to do");
        double first = done(site.prune("team/" + LARGE, false)).seconds();
        double second = done(site.prune("team/" + LARGE, false)).seconds();
        figures.add(Figure.beside("a first sweep with nothing to do", Table.text("%.2f s", first)));
        figures.add(Figure.of("… and a second", Table.text("%.2f s", second), "≤ 1 s", second <= 1));
    }

    /** The registry itself is slow where one repository has many tags: the driver is to add nothing to that. */
    private static void deletionsInOne(Bench bench, CleanupSite site, Population large, List<Figure> figures)
            throws Exception {
        int deletions = bench.size(100, 20);
        bench.say("deleting " + deletions + " of " + large.tags() + " tags");
        String repository = "team/" + LARGE;
        RegistryDriver driver = new OciDriver(new RegistryReader(new Registry(
                site.registry(),
                true,
                new DockerCredentials(bench.directory().resolve("no-config.json"), Map.of()),
                TIMEOUT)));
        // from the end, where the pull requests are not whose images go below
        List<Digest> all = large.singles().reversed();
        double theirs;
        try (PlainLoop peer = new PlainLoop(site.registry(), repository)) {
            theirs = seconds(() -> concurrently(all.subList(0, deletions), peer::delete));
        }
        double own = seconds(() ->
                concurrently(all.subList(deletions, 2 * deletions), digest -> remove(driver, repository, digest)));
        figures.add(Figure.of(
                deletions + " deletions in a repository of " + large.tags() + " tags, by the driver",
                Table.text("%.1f s; bare concurrent DELETEs %.1f s (%.2f ×)", own, theirs, own / theirs),
                "≤ 1.1 × bare",
                own <= 1.1 * theirs));
        int requests = bench.size(6, 1);
        for (int number = 1; number <= requests; number++) {
            site.close(LARGE, number);
        }
        // without an event that tells when they were closed, that counts from when it was seen first
        done(site.prune(repository, true));
        CleanupSite.Answer whole = done(site.prune(repository, false));
        figures.add(Figure.beside(
                "a whole cleanup there: plan, claims, " + whole.deleted() + " deletions, a last look at all that stays",
                Table.text("%.1f s", whole.seconds())));
    }

    private static void deletions(Bench bench, CleanupSite site, List<Figure> figures) throws Exception {
        int repositories = bench.size(100, 5);
        bench.say("making " + repositories + " repositories");
        List<Digest> theirs = new ArrayList<>();
        for (int i = 0; i < repositories; i++) {
            String name = "one-" + i;
            Population population = Population.write(new StoredRepository(site.storage(), "team/" + name), GROUP);
            site.repository(name, 1);
            site.enter(name, population.ours().subList(0, PER_GROUP));
            theirs.addAll(Population.write(new StoredRepository(site.storage(), "team/theirs-" + i), GROUP)
                    .singles()
                    .subList(0, PER_GROUP));
        }
        Thread.sleep(SETTLED);
        for (int i = 0; i < repositories; i++) {
            site.close("one-" + i, 1);
        }
        bench.say("cleaning them up");
        done(site.prune("", true));
        CleanupSite.Answer ours = done(site.prune("", false));
        check(ours.deleted(), repositories * PER_GROUP);
        double loop = seconds(() -> {
            for (int i = 0; i < repositories; i++) {
                try (PlainLoop peer = new PlainLoop(site.registry(), "team/theirs-" + i)) {
                    peer.read();
                    peer.delete(theirs.subList(i * PER_GROUP, (i + 1) * PER_GROUP));
                }
            }
        });
        figures.add(Figure.of(
                ours.deleted() + " deletions over " + repositories + " repositories, by whole cleanups",
                Table.text("%.1f s; plain loop, which reads and deletes alone %.1f s", ours.seconds(), loop),
                "≤ 30 s",
                ours.seconds() <= 30));
    }

    private static void remove(RegistryDriver driver, String repository, Digest digest) throws Exception {
        Removal removal = driver.delete(repository, digest);
        if (!(removal instanceof Removal.Removed)) {
            throw new IOException(repository + "@" + digest + " was not removed: " + removal);
        }
    }

    private static void concurrently(List<Digest> all, Deletion deletion) throws Exception {
        Queue<Digest> rest = new ConcurrentLinkedQueue<>(all);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Boolean>> parts = new ArrayList<>();
            for (int i = 0; i < AT_ONCE; i++) {
                parts.add(threads.submit(() -> {
                    for (Digest next = rest.poll(); next != null; next = rest.poll()) {
                        deletion.delete(next);
                    }
                    return true;
                }));
            }
            for (Future<Boolean> part : parts) {
                part.get();
            }
        } catch (ExecutionException e) {
            throw new IOException("a deletion failed", e);
        }
    }

    private static void check(int found, int expected) {
        if (found != expected) {
            throw new IllegalStateException(found + " manifests were found where " + expected + " are");
        }
    }

    private static CleanupSite.Answer done(CleanupSite.Answer answer) {
        if (!answer.refusal().isEmpty()) {
            throw new IllegalStateException("the worker refused: " + answer.refusal());
        }
        return answer;
    }

    private static double seconds(Work work) throws Exception {
        long began = System.nanoTime();
        work.run();
        return (System.nanoTime() - began) / 1e9;
    }
}
