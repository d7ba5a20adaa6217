package io.forgefleet.release.proof;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.scan.Sbom;
import io.forgefleet.clients.scan.ScanException;
import io.forgefleet.clients.scan.Scanner;
import io.forgefleet.events.image.Digest;
import io.forgefleet.events.run.Outcome;
import io.forgefleet.events.wire.Json;
import io.forgefleet.events.wire.MalformedRecordException;
import io.forgefleet.release.saga.KeptFile;
import io.forgefleet.release.saga.KeptFile.Kind;
import io.forgefleet.work.evidence.statement.VulnerabilityReport;
import io.forgefleet.work.gate.Gate;
import io.forgefleet.work.gate.GateResult;
import io.forgefleet.work.gate.ImageSubject;
import io.forgefleet.work.gate.PlatformReport;
import io.forgefleet.work.gate.Verdict;
import io.forgefleet.work.gate.report.Sarif;
import io.forgefleet.work.gate.report.TextReport;
import io.forgefleet.work.place.RunEndedException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** What scanners know about everything that is released, and the gate. Thread-safe. */
final class Scans {

    private static final String JSON = "application/json";
    private static final String TEXT = "text/plain";

    private final List<Scanner> scanners;
    private final Gate gate;
    private final InstantSource clock;

    Scans(List<Scanner> scanners, InstantSource clock) {
        this.scanners = scanners;
        this.gate = new Gate(clock);
        this.clock = clock;
    }

    /** Asks every scanner about every part, of which the SBOMs are kept. */
    List<KeptFile> ask(Subjects subjects, List<KeptFile> sboms)
            throws ScanException, IOException, ClientException, InterruptedException {
        return Concurrently.each(
                subjects.parts(), ScanException.class, ScanException.class, part -> ask(subjects, part, sboms));
    }

    private KeptFile ask(Subjects subjects, Part part, List<KeptFile> sboms)
            throws ScanException, IOException, ClientException, InterruptedException {
        var started = clock.instant();
        Sbom sbom = new Sbom(
                part.subject(subjects),
                subjects.store().fetch(about(sboms, Kind.CYCLONEDX, part.digest())),
                subjects.store().fetch(about(sboms, Kind.SPDX, part.digest())));
        List<PlatformReport> reports = new ArrayList<>();
        for (Scanner scanner : scanners) {
            reports.add(new PlatformReport(part.platform(), scanner.scan(sbom)));
        }
        String names = scanners.stream().map(Scanner::name).collect(Collectors.joining(","));
        byte[] json = Json.write(new Told(names, reports, started, clock.instant()));
        return keep(subjects, json, Kind.TOLD, part.name() + ".scan.json", JSON, part.digest());
    }

    /**
     * Judges what the scanners told, by the waivers and the clock of now.
     *
     * @return the verdict on each part
     * @throws RunEndedException when anything blocks
     */
    Map<Digest, Verdict> judge(Subjects subjects, List<KeptFile> told, Consumer<String> log)
            throws RunEndedException, IOException, ClientException, InterruptedException {
        Map<Digest, Verdict> verdicts = new LinkedHashMap<>();
        for (Part part : subjects.parts()) {
            Told known = read(subjects, about(told, Kind.TOLD, part.digest()));
            ImageSubject subject =
                    switch (part) {
                        case Part.OfImage image ->
                            new ImageSubject(
                                    image.image().repository(), image.image().digest(), Set.of(part.digest()));
                        case Part.OfFile file -> new ImageSubject(file.name(), file.digest(), Set.of());
                    };
            Verdict verdict = gate.judge(subject, known.reports(), subjects.policy(), subjects.waivers());
            log.accept(part.name() + ": " + verdict.summary());
            verdicts.put(part.digest(), verdict);
        }
        List<Verdict> blocked =
                verdicts.values().stream().filter(verdict -> !verdict.passed()).toList();
        if (!blocked.isEmpty()) {
            throw new BlockedException(Outcome.failed(
                    "not released: " + blocked.getFirst().summary(),
                    blocked.stream()
                            .flatMap(verdict -> TextReport.lines(verdict).stream())
                            .limit(50)
                            .toList()));
        }
        return verdicts;
    }

    /** Reports for people and other programs, and what is attested. */
    List<KeptFile> report(Subjects subjects, List<KeptFile> told, Map<Digest, Verdict> verdicts)
            throws IOException, ClientException, InterruptedException {
        List<KeptFile> made = new ArrayList<>();
        for (Part part : subjects.parts()) {
            Told known = read(subjects, about(told, Kind.TOLD, part.digest()));
            Verdict verdict = Objects.requireNonNull(verdicts.get(part.digest()), "it was judged");
            byte[] predicate = new VulnerabilityReport(
                            verdict, known.scanner(), null, known.started(), known.finished())
                    .predicate();
            made.add(keep(subjects, predicate, Kind.PREDICATE, part.name() + ".vuln.json", JSON, part.digest()));
            made.add(keep(
                    subjects, Sarif.of(verdict), Kind.REPORT, part.name() + ".sarif", Sarif.MEDIA_TYPE, part.digest()));
            String text = String.join("\n", TextReport.lines((GateResult) verdict)) + "\n";
            made.add(keep(
                    subjects,
                    text.getBytes(StandardCharsets.UTF_8),
                    Kind.REPORT,
                    part.name() + ".scan.txt",
                    TEXT,
                    part.digest()));
        }
        return made;
    }

    static KeptFile about(List<KeptFile> files, Kind kind, Digest digest) {
        return files.stream()
                .filter(file -> file.kind() == kind && file.about().equals(digest))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("the release has no " + kind + " of " + digest));
    }

    private static Told read(Subjects subjects, KeptFile file)
            throws IOException, ClientException, InterruptedException {
        try {
            return Json.read(Files.readAllBytes(subjects.store().fetch(file)), Told.class);
        } catch (MalformedRecordException e) {
            throw new ClientException(
                    ClientException.Kind.REFUSED, file.name() + " cannot be read: " + e.getMessage(), e);
        }
    }

    static KeptFile keep(Subjects subjects, byte[] content, Kind kind, String name, String type, Digest about)
            throws IOException, ClientException, InterruptedException {
        Path file = Files.createTempFile("forgefleet", ".kept");
        try {
            Files.write(file, content);
            return subjects.store().keep(file, kind, name, type, about);
        } finally {
            Files.deleteIfExists(file);
        }
    }
}
