package io.forgefleet.benchmarks.verify;

import io.forgefleet.benchmarks.measure.Bench;
import io.forgefleet.benchmarks.measure.Benchmark;
import io.forgefleet.benchmarks.measure.Figure;
import io.forgefleet.benchmarks.measure.Samples;
import io.forgefleet.benchmarks.measure.Table;
import io.forgefleet.host.process.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** {@code ./fleet verify evidence.tar}, the whole process, against cosign verifying the one signature of the list in it. */
public final class VerifyBenchmark implements Benchmark {

    private static final double TARGET = 1.0;

    @Override
    public List<Figure> measure(Bench bench) throws Exception {
        if (Program.onPath("cosign").isEmpty()) {
            return List.of(Figure.skipped("verification of evidence", "cosign is not on the PATH"));
        }
        bench.say("signing a release");
        Path folder = Files.createDirectory(bench.directory().resolve("release"));
        SampleEvidence sample = new SampleEvidence(folder, bench.size(1500, 100));
        Path tar = sample.write();
        List<String> fleet = List.of(
                Path.of(System.getProperty("forgefleet.home", "."), "fleet").toString(),
                "verify",
                "--key",
                sample.key("pub").toString(),
                tar.toString());
        run(folder, List.of("tar", "-xf", tar.toString(), "manifest.json", "manifest.sigstore.json"));
        List<String> cosign = List.of(
                "cosign",
                "verify-blob",
                "--key",
                sample.key("pub").toString(),
                "--insecure-ignore-tlog=true",
                "--bundle",
                "manifest.sigstore.json",
                "manifest.json");
        bench.say("verifying");
        run(folder, fleet); // builds and learns where that was not done
        List<Double> ours = new ArrayList<>();
        List<Double> theirs = new ArrayList<>();
        for (int i = 0; i < bench.size(20, 3); i++) {
            ours.add(run(folder, fleet));
            theirs.add(run(folder, cosign));
        }
        Samples all = Samples.of(ours);
        return List.of(
                Figure.of(
                        "verify evidence.tar of " + Files.size(tar) / 1024 + " KiB, whole process, median",
                        Table.text("%.2f s (worst %.2f s)", all.median(), all.most()),
                        "≤ 1 s",
                        all.median() <= TARGET),
                Figure.beside(
                        "cosign verify-blob of its list alone",
                        Table.text("%.2f s", Samples.of(theirs).median())));
    }

    /** Seconds. */
    private static double run(Path folder, List<String> command) throws IOException, InterruptedException {
        Path log = folder.resolve("command.log");
        long began = System.nanoTime();
        int exit = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start()
                .waitFor();
        double took = (System.nanoTime() - began) / 1e9;
        if (exit != 0) {
            throw new IOException(command + " ended with " + exit + ":\n" + Files.readString(log));
        }
        return took;
    }
}
