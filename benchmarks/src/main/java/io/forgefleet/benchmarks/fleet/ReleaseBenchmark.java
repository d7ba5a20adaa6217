package io.forgefleet.benchmarks.fleet;

import io.forgefleet.benchmarks.measure.Bench;
import io.forgefleet.benchmarks.measure.Benchmark;
import io.forgefleet.benchmarks.measure.Figure;
import io.forgefleet.benchmarks.measure.Samples;
import io.forgefleet.benchmarks.measure.Table;
import io.forgefleet.benchmarks.service.RunningService;
import io.forgefleet.clients.registry.DockerCredentials;
import io.forgefleet.clients.registry.Manifest;
import io.forgefleet.clients.registry.Registry;
import io.forgefleet.events.image.Digest;
import io.forgefleet.events.job.RunId;
import io.forgefleet.events.run.Outcome;
import io.forgefleet.events.run.RunState;
import io.forgefleet.events.run.Step;
import io.forgefleet.host.forge.repository.Release;
import io.forgefleet.host.process.Program;
import io.forgefleet.host.registry.ProgramRoot;
import io.forgefleet.host.registry.SmallImages;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** A release of an image of some 200 MB on two platforms and a wheel, from the end of its builds on; and one that goes on with another worker. */
public final class ReleaseBenchmark implements Benchmark {

    private static final String AFTER_BUILD = "list what is in them";
    private static final double MOST_RATIO = 1.15;
    private static final double MOST_SECONDS = 2;
    private static final String WHEEL = "app-1.0.0-py3-none-any.whl";

    @Override
    public List<Figure> measure(Bench bench) throws Exception {
        for (String tool : List.of("syft", "osv-scanner", "cosign", "curl", "debootstrap", "busybox")) {
            if (Program.onPath(tool).isEmpty()) {
                return List.of(Figure.skipped("a release", tool + " is not on the PATH (./fleet tools install)"));
            }
        }
        Optional<String> missing = FleetSite.missing(bench);
        if (missing.isPresent()) {
            return List.of(Figure.skipped("a release", missing.get()));
        }
        int atOnce = Math.min(4, Runtime.getRuntime().availableProcessors()); // as the fleet does
        ReleaseTools tools = new ReleaseTools(bench.directory().resolve("bare"), atOnce);
        try (ReleaseSite site = new ReleaseSite(bench, tools)) {
            bench.say("making an image of some 200 MB");
            String commit = repository(bench, site);
            List<Double> ours = new ArrayList<>();
            List<Double> theirs = new ArrayList<>();
            Map<String, List<Double>> steps = new LinkedHashMap<>();
            for (int i = 0; i < bench.size(4, 2); i++) {
                RunState run = release(site, "v1.0." + i, commit);
                double saga = seconds(begun(run), run.updatedAt());
                double bare = bare(bench, site, tools, "v1.0." + i);
                bench.say(Table.text("release %.2f s, tools alone %.2f s", saga, bare));
                if (i > 0) { // the first one warms both
                    ours.add(saga);
                    theirs.add(bare);
                    run.steps().stream()
                            .dropWhile(step -> !step.name().equals(AFTER_BUILD))
                            .forEach(step -> steps.computeIfAbsent(step.name(), any -> new ArrayList<>())
                                    .add(seconds(step.started(), Objects.requireNonNull(step.ended()))));
                }
            }
            double ratio = Samples.of(ours).median() / Samples.of(theirs).median();
            List<Figure> figures = new ArrayList<>();
            figures.add(Figure.of(
                    "release after its builds ÷ the tools alone",
                    Table.text(
                            "%.2f × (%.2f s ÷ %.2f s)",
                            ratio, Samples.of(ours).median(), Samples.of(theirs).median()),
                    "≤ 1.15 ×",
                    ratio <= MOST_RATIO));
            steps.forEach((name, taken) -> figures.add(Figure.beside(
                    "… " + name, Table.text("%.2f s", Samples.of(taken).median()))));
            figures.addAll(resumed(bench, site, commit));
            return figures;
        }
    }

    private static double seconds(Instant from, Instant to) {
        return Duration.between(from, to).toNanos() / 1e9;
    }

    private static Instant begun(RunState run) {
        return run.steps().stream()
                .filter(step -> step.name().equals(AFTER_BUILD))
                .findFirst()
                .map(Step::started)
                .orElseThrow();
    }

    private static String repository(Bench bench, ReleaseSite site) throws Exception {
        Path folder = Files.createDirectories(bench.directory().resolve("base"));
        Path debian = folder.resolve("debian");
        if (bench.quick()) {
            var unused =
                    ProgramRoot.make(Files.createDirectory(debian), List.of()).orElseThrow();
        } else {
            new Shell(folder).run("debootstrap", "--variant=minbase", "bookworm", debian.toString());
            new Shell(folder)
                    .run(
                            "sh",
                            "-c",
                            "rm -rf debian/dev debian/proc debian/sys && mkdir debian/dev debian/proc debian/sys");
        }
        SmallImages base = new SmallImages(site.registry(), "base/debian");
        String index = base.index(new LinkedHashMap<>(Map.of(
                "linux/amd64", base.push(folder, "linux/amd64", debian),
                "linux/arm64", base.push(folder, "linux/arm64", debian))));
        Path shell = ProgramRoot.make(Files.createDirectory(folder.resolve("shell")), List.of())
                .orElseThrow();
        String command = new SmallImages(site.registry(), "base/shell").push(folder, "linux/amd64", shell);
        WorkingCopy copy = site.clone("copy");
        copy.write("Dockerfile", "FROM " + site.registry() + "/base/debian@" + index + "\nCOPY Dockerfile /app/\n");
        copy.write(".forgefleet.yml", """
                release:
                  tags: ["v*"]
                  platforms: [linux/amd64, linux/arm64]
                  artifacts: [{image: "%s/base/shell@%s", command: "mkdir dist && cp *.whl dist/", paths: ["dist/*.whl"]}]
                """.formatted(site.registry(), command));
        wheel(copy.directory().resolve(WHEEL));
        return copy.push("main");
    }

    private static void wheel(Path file) throws IOException {
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            for (Map.Entry<String, String> each : Map.of(
                            "app/__init__.py",
                            "VERSION = '1.0.0'\n",
                            "app-1.0.0.dist-info/METADATA",
                            "Metadata-Version: 2.1\nName: app\nVersion: 1.0.0\nRequires-Dist: jinja2\n")
                    .entrySet()) {
                zip.putNextEntry(new ZipEntry(each.getKey()));
                zip.write(each.getValue().getBytes(StandardCharsets.UTF_8));
            }
        }
    }

    private static RunState release(ReleaseSite site, String tag, String commit) throws Exception {
        site.clone("tag-" + tag).tag(tag, commit);
        RunState end = site.await(site.tell(tag, commit), RunState::isFinal);
        Outcome outcome = Objects.requireNonNull(end.outcome());
        if (outcome.reason() != Outcome.Reason.SUCCEEDED) {
            throw new IllegalStateException(outcome.message() + " " + outcome.lastLines());
        }
        return end;
    }

    /** The same images and files, by hand; signatures are added to those that are there. */
    private static double bare(Bench bench, ReleaseSite site, ReleaseTools tools, String tag) throws Exception {
        String repository = site.registry() + "/" + ReleaseSite.REPOSITORY;
        Registry registry =
                new Registry(site.registry(), true, DockerCredentials.ofThisProcess(), Duration.ofSeconds(20));
        Manifest index = registry.get(ReleaseSite.REPOSITORY, tag.substring(1));
        String reference = repository + "@" + index.digest();
        List<ReleaseTools.Part> parts = new ArrayList<>();
        index.images().forEach(each -> parts.add(new ReleaseTools.Part(reference, each.platform(), each.digest())));
        Path wheel = bench.directory().resolve("copy").resolve(WHEEL);
        parts.add(new ReleaseTools.Part(wheel.toString(), "", Digest.of(Files.readAllBytes(wheel))));
        Release released = site.forge()
                .repository(ReleaseSite.REPOSITORY)
                .releases()
                .list(each -> each.tag().equals(tag))
                .getFirst();
        Path folder = Files.createDirectories(bench.directory().resolve("files-" + tag));
        List<Path> files = new ArrayList<>();
        for (Release.Attachment each : released.attachments()) {
            files.add(Files.copy(each.file(), folder.resolve("bare-" + each.name())));
        }
        String upload = site.forge().url() + "/api/v1/repos/" + ReleaseSite.REPOSITORY + "/releases/" + released.id()
                + "/assets";
        return tools.release(
                reference,
                parts,
                site.database(),
                upload,
                site.forge().account("team").token(),
                files);
    }

    private static List<Figure> resumed(Bench bench, ReleaseSite site, String commit) throws Exception {
        List<Double> stopped = new ArrayList<>();
        for (int i = 0; i < bench.size(3, 1); i++) {
            bench.say("stopping a worker while it signs");
            stopped.add(resumed(site, "v2.0." + i, commit, RunningService::close));
        }
        bench.say("killing one");
        double killed = resumed(site, "v2.1.0", commit, RunningService::kill);
        Samples all = Samples.of(stopped);
        return List.of(
                Figure.of(
                        "worker ready → the saga of one that was stopped at its next step, worst of " + all.count(),
                        Table.text("%.2f s", all.most()),
                        "≤ 2 s",
                        all.most() <= MOST_SECONDS),
                Figure.beside("… median", Table.text("%.2f s", all.median())),
                Figure.beside(
                        "… of one that was killed with -9, whose claim holds 15 s", Table.text("%.2f s", killed)));
    }

    private static double resumed(ReleaseSite site, String tag, String commit, Consumer<RunningService> end)
            throws Exception {
        site.clone("tag-" + tag).tag(tag, commit);
        RunId run = site.tell(tag, commit);
        RunState signing = site.await(run, state -> state.steps().stream()
                .anyMatch(step -> step.name().equals("sign and attest")));
        end.accept(site.releases());
        RunningService other = site.startReleases();
        RunState going = site.await(
                run, state -> state.epoch() > signing.epoch() && !state.steps().isEmpty());
        var unused = site.await(run, RunState::isFinal);
        return Math.max(0, seconds(other.readyAt(), going.steps().getFirst().started()));
    }
}
