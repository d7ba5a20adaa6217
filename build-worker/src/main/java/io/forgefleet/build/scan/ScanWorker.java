package io.forgefleet.build.scan;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.forge.scan.CodeScans;
import io.forgefleet.clients.registry.Manifest;
import io.forgefleet.clients.scan.ImageToScan;
import io.forgefleet.clients.tool.Folders;
import io.forgefleet.events.image.Attachment;
import io.forgefleet.events.image.PushedImage;
import io.forgefleet.events.job.WorkerKind;
import io.forgefleet.events.run.Outcome;
import io.forgefleet.events.run.Outcome.Reason;
import io.forgefleet.runtime.config.ScanRule;
import io.forgefleet.runtime.worker.RetryableException;
import io.forgefleet.runtime.worker.Run;
import io.forgefleet.runtime.worker.Worker;
import io.forgefleet.work.gate.CouldNotScan;
import io.forgefleet.work.gate.GateResult;
import io.forgefleet.work.gate.ImageScan;
import io.forgefleet.work.gate.Policy;
import io.forgefleet.work.gate.Severity;
import io.forgefleet.work.gate.Verdict;
import io.forgefleet.work.gate.report.TextReport;
import io.forgefleet.work.gate.waiver.Waiver;
import io.forgefleet.work.gate.waiver.WaiverException;
import io.forgefleet.work.gate.waiver.WaiverFile;
import io.forgefleet.work.place.Registries;
import io.forgefleet.work.place.RepositoryWaivers;
import io.forgefleet.work.place.RunEndedException;
import io.forgefleet.work.place.Workplace;
import io.forgefleet.work.place.Workplaces;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Scans the images that another run pushed. A run of its own, so that an image need not wait for it: it succeeds when every
 * scanner has seen every platform of every image and nothing blocks. Thread-safe.
 */
public final class ScanWorker implements Worker {

    /** What a run makes. */
    public static final String TARGET = "scan";

    /** What the gateway makes of it, where the forge shows findings: no build worker has a token that may write. */
    private static final String FOR_PEOPLE = "code-scanning";

    private final Workplaces workplaces;
    private final ImageScan scan;
    private final Path scratch;
    private final int attempts;

    /**
     * A worker on its own folder.
     *
     * @param scratch for SBOMs and reports, for as long as a run takes
     * @param attempts after which a scanner that crashes is not started again
     */
    public ScanWorker(Workplaces workplaces, ImageScan scan, Path scratch, int attempts) {
        this.workplaces = workplaces;
        this.scan = scan;
        this.scratch = scratch;
        this.attempts = attempts;
    }

    @Override
    public Outcome work(Run run) throws Exception {
        Workplace place = workplaces.of(run.subject().repository()).orElse(null);
        if (place == null || place.rule().scan() == null || run.given().isEmpty()) {
            return Outcome.of(Reason.SKIPPED, "images of this repository are not scanned any more");
        }
        ScanRule rule = place.rule().scan();
        Policy policy = new Policy(Severity.valueOf(rule.failOn().name()), rule.unknown() == ScanRule.Unknown.BLOCK);
        try {
            List<Waiver> waivers = RepositoryWaivers.of(place, TrustedCommit.of(place, run), WaiverFile.PATH);
            Files.createDirectories(scratch);
            List<GateResult> results = new ArrayList<>();
            for (PushedImage image : run.given()) {
                run.begin("scan " + image.name());
                GateResult result = scan(image, policy, waivers);
                TextReport.lines(result).forEach(run::log);
                run.detail(result.summary());
                results.add(result);
                if (result instanceof CouldNotScan failed && failed.retryable() && run.attempt() < attempts) {
                    throw new RetryableException(failed.message(), Duration.ZERO, null);
                }
            }
            run.begin("report");
            Optional<Attachment> sarif = new ScanReports(run, workplaces.registries(), scratch).keep(results);
            if (sarif.isPresent() && CodeScans.areTakenBy(place.forge().kind())) {
                run.leave(WorkerKind.REPORT, FOR_PEOPLE, List.of(), List.of(sarif.get()));
            }
            return outcome(results);
        } catch (WaiverException e) {
            return Outcome.failed(String.valueOf(e.getMessage()), e.errors());
        } catch (RunEndedException e) {
            return e.outcome();
        } catch (ClientException e) {
            if (!e.retryable()) {
                return Outcome.of(Reason.FAILED, "could not scan: " + e.getMessage());
            }
            throw new RetryableException(
                    String.valueOf(e.getMessage()), e.retryAfter().orElse(Duration.ZERO), e);
        }
    }

    private GateResult scan(PushedImage image, Policy policy, List<Waiver> waivers)
            throws RunEndedException, IOException, ClientException, InterruptedException {
        Registries.Place at = workplaces
                .registries()
                .find(image.repository())
                .orElseThrow(() -> new RunEndedException(
                        Reason.FAILED, "could not scan: no registry of the configuration has " + image.repository()));
        Manifest manifest = at.registry().get(at.path(), image.digest().value());
        List<String> platforms = manifest.isIndex() ? manifest.platforms() : List.of("");
        Path folder = Files.createTempDirectory(scratch, "scan");
        try {
            return scan.scan(
                    image.digest(),
                    platforms.stream()
                            .map(platform -> new ImageToScan(at.reference(), image.digest(), platform, at.plainHttp()))
                            .toList(),
                    policy,
                    waivers,
                    folder);
        } finally {
            Folders.delete(folder);
        }
    }

    private static Outcome outcome(List<GateResult> results) {
        List<GateResult> refused =
                results.stream().filter(result -> !result.passed()).toList();
        if (refused.isEmpty()) {
            return Outcome.of(
                    Reason.SUCCEEDED,
                    GateResult.cut(
                            results.stream().map(GateResult::summary).distinct().collect(Collectors.joining("; "))));
        }
        // what could not be scanned is told first: the others may have more than is known
        GateResult worst = refused.stream()
                .filter(result -> !(result instanceof Verdict))
                .findFirst()
                .orElse(refused.getFirst());
        return Outcome.failed(
                worst.summary(),
                refused.stream()
                        .flatMap(result -> TextReport.lines(result).stream())
                        .limit(50)
                        .toList());
    }
}
