package io.forgefleet.benchmarks.cleanup;

import io.forgefleet.benchmarks.measure.Bench;
import io.forgefleet.benchmarks.measure.Benchmark;
import io.forgefleet.benchmarks.measure.Figure;
import io.forgefleet.benchmarks.measure.Table;
import io.forgefleet.cleanup.driver.Listing;
import io.forgefleet.cleanup.driver.OciDriver;
import io.forgefleet.cleanup.driver.RegistryDriver;
import io.forgefleet.cleanup.driver.RegistryReader;
import io.forgefleet.cleanup.driver.Removal;
import io.forgefleet.cleanup.driver.StoredManifest;
import io.forgefleet.clients.registry.DockerCredentials;
import io.forgefleet.clients.registry.Registry;
import io.forgefleet.events.image.Digest;
import io.forgefleet.host.registry.LocalRegistry;
import io.forgefleet.host.registry.RegistryProgram;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * A registry of 10,000 tags read whole, and deletions over many repositories and in the large one, against a plain loop and
 * against bare concurrent requests.
 */
public final class CleanupBenchmark implements Benchmark {

    private static final String LARGE = "team/large";
    private static final int GROUP = 20;
    private static final int AT_ONCE = 8;
    private static final Duration TIMEOUT = Duration.ofMinutes(2);

    /** Something that is measured. */
    private interface Work {
        void run() throws Exception;
    }

    /** Lets go of one manifest. */
    private interface Deletion {
        void delete(String repository, Digest digest) throws Exception;
    }

    private record Doomed(String repository, Digest digest) {}

    @Override
    public List<Figure> measure(Bench bench) throws Exception {
        if (RegistryProgram.findAny().isEmpty()) {
            return List.of(Figure.skipped("cleanup", "no registry program (apt-get install docker-registry)"));
        }
        List<Figure> figures = new ArrayList<>();
        Path directory = bench.directory().resolve("registry");
        try (LocalRegistry registry = LocalRegistry.start(directory, 0)) {
            RegistryDriver driver = new OciDriver(new RegistryReader(new Registry(
                    registry.address(),
                    true,
                    new DockerCredentials(bench.directory().resolve("no-config.json"), Map.of()),
                    TIMEOUT)));
            Path storage = directory.resolve("data");
            reading(bench, registry.address(), driver, storage, figures);
            deletions(bench, registry.address(), driver, storage, figures);
            deletionsInOne(bench, registry.address(), driver, storage, figures);
        }
        return figures;
    }

    private static void reading(Bench bench, String address, RegistryDriver driver, Path storage, List<Figure> figures)
            throws Exception {
        int tags = bench.size(10_000, 200);
        bench.say("writing " + tags + " tags");
        Population population = Population.write(new StoredRepository(storage, LARGE), tags);
        int reachable = population.manifests() - 2 * (tags / GROUP);
        bench.say("reading them");
        double ours = seconds(() -> check(readWhole(driver), reachable));
        double theirs;
        try (PlainLoop peer = new PlainLoop(address, LARGE)) {
            theirs = seconds(() -> check(peer.read(), reachable));
        }
        figures.add(Figure.beside(
                tags + " tags on " + population.manifests() + " manifests read",
                Table.text("%.1f s; plain loop %.1f s", ours, theirs)));
    }

    private static int readWhole(RegistryDriver driver) throws Exception {
        Listing listing = driver.list(LARGE);
        Set<Digest> tagged = new HashSet<>(listing.tags().values());
        Map<Digest, StoredManifest> read = driver.reader().manifests(LARGE, tagged);
        Set<Digest> children = new HashSet<>();
        read.values().forEach(manifest -> children.addAll(manifest.children()));
        children.removeAll(read.keySet());
        return read.size() + driver.reader().manifests(LARGE, children).size();
    }

    private static void deletions(
            Bench bench, String address, RegistryDriver driver, Path storage, List<Figure> figures) throws Exception {
        int repositories = bench.size(100, 5);
        bench.say("deleting over " + repositories + " repositories");
        List<Doomed> ours = new ArrayList<>();
        List<Doomed> theirs = new ArrayList<>();
        for (int i = 0; i < repositories; i++) {
            ours.addAll(doomed(storage, "team/ours" + i));
            theirs.addAll(doomed(storage, "team/theirs" + i));
        }
        double fast = seconds(() -> concurrently(ours, (repository, digest) -> remove(driver, repository, digest)));
        double slow = seconds(() -> {
            for (Doomed each : theirs) {
                try (PlainLoop peer = new PlainLoop(address, each.repository())) {
                    peer.delete(each.digest());
                }
            }
        });
        figures.add(Figure.beside(
                ours.size() + " deletions over " + repositories + " repositories, by the driver",
                Table.text("%.1f s; plain loop %.1f s", fast, slow)));
    }

    /** The registry itself is slow where one repository has many tags: the driver is to add nothing to that. */
    private static void deletionsInOne(
            Bench bench, String address, RegistryDriver driver, Path storage, List<Figure> figures) throws Exception {
        int tags = bench.size(10_000, 200);
        int deletions = bench.size(100, 20);
        bench.say("deleting " + deletions + " of " + tags + " tags");
        List<Digest> all = Population.write(new StoredRepository(storage, "team/one"), tags)
                .singles();
        List<Doomed> bare = all.subList(0, deletions).stream()
                .map(digest -> new Doomed("team/one", digest))
                .toList();
        List<Doomed> ours = all.subList(deletions, 2 * deletions).stream()
                .map(digest -> new Doomed("team/one", digest))
                .toList();
        double theirs;
        try (PlainLoop peer = new PlainLoop(address, "team/one")) {
            theirs = seconds(() -> concurrently(bare, (repository, digest) -> peer.delete(digest)));
        }
        double own = seconds(() -> concurrently(ours, (repository, digest) -> remove(driver, repository, digest)));
        figures.add(Figure.of(
                deletions + " deletions in a repository of " + tags + " tags, by the driver",
                Table.text("%.1f s; bare concurrent DELETEs %.1f s (%.2f ×)", own, theirs, own / theirs),
                "≤ 1.1 × bare",
                own <= 1.1 * theirs));
    }

    private static List<Doomed> doomed(Path storage, String repository) throws IOException {
        return Population.write(new StoredRepository(storage, repository), GROUP).singles().stream()
                .limit(10)
                .map(digest -> new Doomed(repository, digest))
                .toList();
    }

    private static void remove(RegistryDriver driver, String repository, Digest digest) throws Exception {
        Removal removal = driver.delete(repository, digest);
        if (!(removal instanceof Removal.Removed)) {
            throw new IOException(repository + "@" + digest + " was not removed: " + removal);
        }
    }

    private static void concurrently(List<Doomed> all, Deletion deletion) throws Exception {
        Queue<Doomed> rest = new ConcurrentLinkedQueue<>(all);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Boolean>> parts = new ArrayList<>();
            for (int i = 0; i < AT_ONCE; i++) {
                parts.add(threads.submit(() -> {
                    for (Doomed next = rest.poll(); next != null; next = rest.poll()) {
                        deletion.delete(next.repository(), next.digest());
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

    private static double seconds(Work work) throws Exception {
        long began = System.nanoTime();
        work.run();
        return (System.nanoTime() - began) / 1e9;
    }
}
