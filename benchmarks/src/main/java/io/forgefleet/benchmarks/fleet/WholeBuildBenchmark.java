package io.forgefleet.benchmarks.fleet;

import io.forgefleet.benchmarks.measure.Bench;
import io.forgefleet.benchmarks.measure.Benchmark;
import io.forgefleet.benchmarks.measure.Figure;
import io.forgefleet.benchmarks.measure.Samples;
import io.forgefleet.benchmarks.measure.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * P2: the fleet, from the webhook to the status, against {@code docker buildx build} and {@code docker push} of the same
 * files. Cold: a file that every step depends on is new, the repository too, so that no cache has anything; nobody's
 * build cache has to be pruned for that. Warm: the same again with another README, which no step reads.
 */
public final class WholeBuildBenchmark implements Benchmark {

    private static final double MOST_OVER_COLD_PERCENT = 3;
    private static final double MOST_OVER_WARM_SECONDS = 0.5;
    private static final int WARM_UP = 40;
    private static final int STEPS = 3;
    private static final int CALIBRATION_MIB = 256;

    /** Seconds of each repetition. */
    private record Times(List<Double> cold, List<Double> warm) {
        Times() {
            this(new ArrayList<>(), new ArrayList<>());
        }

        double medianCold() {
            return Samples.of(cold).median();
        }

        double medianWarm() {
            return Samples.of(warm).median();
        }
    }

    @Override
    public List<Figure> measure(Bench bench) throws Exception {
        Optional<String> missing = FleetSite.missing(bench);
        if (missing.isPresent()) {
            return List.of(Figure.skipped("fleet against bare buildx", missing.get()));
        }
        Times bare = new Times();
        Times fleet = new Times();
        try (FleetSite site = new FleetSite(bench, System.getenv("PATH"))) {
            warmUp(bench, site);
            String dockerfile = dockerfile(bench);
            for (int i = 1; i <= bench.size(4, 1); i++) {
                if (i % 2 == 0) {
                    fleet(bench, site, dockerfile, i, fleet);
                    bare(bench, site, dockerfile, i, bare);
                } else {
                    bare(bench, site, dockerfile, i, bare);
                    fleet(bench, site, dockerfile, i, fleet);
                }
            }
        }
        double cold = 100 * (fleet.medianCold() / bare.medianCold() - 1);
        double warm = fleet.medianWarm() - bare.medianWarm();
        return List.of(
                Figure.beside(row("bare, cold", bare.cold), Table.text("%.2f s", bare.medianCold())),
                Figure.beside(row("fleet, cold", fleet.cold), Table.text("%.2f s", fleet.medianCold())),
                Figure.of(
                        "fleet over bare, cold", Table.text("%+.1f %%", cold), "≤ 3 %", cold <= MOST_OVER_COLD_PERCENT),
                Figure.beside(row("bare, warm", bare.warm), Table.text("%.2f s", bare.medianWarm())),
                Figure.beside(row("fleet, warm", fleet.warm), Table.text("%.2f s", fleet.medianWarm())),
                Figure.of(
                        "fleet over bare, warm",
                        Table.text("%+.2f s", warm),
                        "≤ 0.5 s",
                        warm <= MOST_OVER_WARM_SECONDS));
    }

    /** Services run for weeks; their first builds meet JVMs that have compiled nothing yet. */
    private static void warmUp(Bench bench, FleetSite site) throws Exception {
        WorkingCopy copy = site.repository("warm-up");
        copy.write("Dockerfile", "FROM scratch\nCOPY content /content\n");
        bench.say(bench.size(WARM_UP, 2) + " small builds beforehand");
        for (int i = 0; i < bench.size(WARM_UP, 2); i++) {
            copy.write("content", nonce("warm-up", i));
            var unused = site.push(copy, "feature-" + i);
        }
    }

    private static String row(String what, List<Double> seconds) {
        Samples all = Samples.of(seconds);
        return Table.text("%s, median of %d (%.2f–%.2f s)", what, all.count(), all.least(), all.most());
    }

    /** Steps of some seconds each on this machine, none of which is there already, and a layer worth pushing. */
    private static String dockerfile(Bench bench) throws IOException {
        Shell shell = new Shell(bench.directory());
        long began = System.nanoTime();
        shell.run("sh", "-c", hash(CALIBRATION_MIB).replace("busybox", FleetSite.BUSYBOX.toString()));
        double perSecond = CALIBRATION_MIB / ((System.nanoTime() - began) / 1e9);
        StringBuilder dockerfile = new StringBuilder("""
                FROM scratch
                COPY busybox /bin/busybox
                COPY nonce /nonce
                SHELL ["/bin/busybox", "sh", "-c"]
                RUN busybox head -c 20000000 /dev/urandom > /data
                """);
        for (int step = 0; step < STEPS; step++) {
            dockerfile
                    .append("RUN ")
                    .append(hash((int) (perSecond * bench.size(6, 1))))
                    .append(" > /step-")
                    .append(step)
                    .append('\n');
        }
        return dockerfile.toString();
    }

    private static String hash(int mebibytes) {
        return "busybox dd if=/dev/zero bs=1048576 count=" + mebibytes + " 2>/dev/null | busybox sha256sum";
    }

    private static void bare(Bench bench, FleetSite site, String dockerfile, int number, Times times)
            throws IOException {
        Path context = Files.createDirectory(bench.directory().resolve("bare-" + number));
        Files.copy(FleetSite.BUSYBOX, context.resolve("busybox"));
        Files.writeString(context.resolve("Dockerfile"), dockerfile);
        Files.writeString(context.resolve("nonce"), nonce("bare", number));
        for (List<Double> seconds : List.of(times.cold, times.warm)) {
            String kind = seconds == times.cold ? "cold" : "warm";
            bench.say("bare buildx, " + kind + ", " + number);
            Files.writeString(context.resolve("README.md"), kind);
            String image = site.registry() + "/bare/app-" + number + ":" + kind;
            Shell shell = new Shell(context);
            long began = System.nanoTime();
            shell.run(
                    "docker",
                    "buildx",
                    "build",
                    "--builder=default",
                    "--provenance=false",
                    "--output=type=image,name=" + image + ",unpack=false",
                    ".");
            shell.run("docker", "push", "-q", image);
            seconds.add((System.nanoTime() - began) / 1e9);
            shell.run("docker", "image", "rm", image);
        }
    }

    private static void fleet(Bench bench, FleetSite site, String dockerfile, int number, Times times)
            throws Exception {
        WorkingCopy copy = site.repository("app-" + number);
        copy.copy(FleetSite.BUSYBOX);
        copy.write("Dockerfile", dockerfile);
        copy.write("nonce", nonce("fleet", number));
        for (List<Double> seconds : List.of(times.cold, times.warm)) {
            String kind = seconds == times.cold ? "cold" : "warm";
            bench.say("fleet, " + kind + ", " + number);
            copy.write("README.md", kind);
            seconds.add(site.push(copy, "feature").seconds());
        }
    }

    private static String nonce(String who, int number) {
        return who + " " + number + " " + System.nanoTime() + " "
                + ProcessHandle.current().pid() + "\n";
    }
}
