package io.forgefleet.gateway.write;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.forge.Forge;
import io.forgefleet.clients.forge.scan.CodeScans;
import io.forgefleet.clients.forge.scan.ScanUpload;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.ForgeKind;
import io.forgefleet.events.image.Attachment;
import io.forgefleet.events.run.Outcome;
import io.forgefleet.events.run.Outcome.Reason;
import io.forgefleet.events.run.RunSubject;
import io.forgefleet.runtime.worker.ParkedException;
import io.forgefleet.runtime.worker.RetryableException;
import io.forgefleet.runtime.worker.Run;
import io.forgefleet.runtime.worker.Worker;
import io.forgefleet.work.gate.report.Sarif;
import io.forgefleet.work.place.Registries;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Gives what a scan found to the code scanning of its forge. The findings are as good without it, so that it shows no status on
 * the commit: a forge that refuses them is told of on the run's page only. One that is away has them within a day of its return,
 * or of the event. Doing it twice does no harm. Thread-safe.
 */
final class ReportWorker implements Worker {

    /** More is not read into memory, in bytes. */
    static final long MOST_BYTES = 16L << 20;

    private static final Duration PATIENCE = Duration.ofDays(1);
    private static final Duration LONGEST_WAIT = Duration.ofHours(1);

    private final Map<String, Forge> forges;
    private final Registries registries;
    private final int attempts;
    private final Duration shortestWait;

    /**
     * A worker.
     *
     * @param forges those with a token, by name
     * @param attempts after which the slot is left to others between them
     * @param shortestWait of the waits then, which grow with the event's age
     */
    ReportWorker(Map<String, Forge> forges, Registries registries, int attempts, Duration shortestWait) {
        this.forges = Map.copyOf(forges);
        this.registries = registries;
        this.attempts = attempts;
        this.shortestWait = shortestWait;
    }

    @Override
    public Outcome work(Run run) throws Exception {
        String name = run.subject().repository().forge();
        CodeScans scans =
                Optional.ofNullable(forges.get(name)).flatMap(Forge::codeScans).orElse(null);
        if (scans == null) {
            return Outcome.of(
                    Reason.SKIPPED, "not uploaded: forge " + name + " has no token in fleet.yml, or no code scanning");
        }
        Attachment findings = run.givenFiles().stream()
                .filter(file -> file.mediaType().equals(Sarif.MEDIA_TYPE))
                .findFirst()
                .orElse(null);
        if (findings == null) {
            return Outcome.of(Reason.SKIPPED, "not uploaded: no scan left findings to this run");
        }
        if (findings.bytes() > MOST_BYTES) {
            return Outcome.of(
                    Reason.FAILED,
                    "not uploaded: " + findings.name() + " has " + findings.bytes() + " bytes, more than " + MOST_BYTES
                            + "; it is kept as " + findings.digest() + " of " + findings.repository());
        }
        try {
            return upload(run, scans, findings);
        } catch (ClientException e) {
            return refused(run, e);
        }
    }

    private Outcome upload(Run run, CodeScans scans, Attachment findings) throws Exception {
        RunSubject subject = run.subject();
        CommitId commit = Objects.requireNonNull(subject.commit(), "the planner gives a commit");
        run.begin("read " + findings.name());
        byte[] sarif = read(findings);
        run.begin("upload");
        run.ensureHeld();
        ScanUpload upload = scans.upload(subject.repository(), commit, subject.headRef(ForgeKind.GITHUB), sarif);
        if (!upload.complete()) {
            return Outcome.failed(
                    "not shown: the forge took upload " + upload.id() + " and could not use it: "
                            + upload.errors().getFirst(),
                    upload.errors());
        }
        return Outcome.of(
                Reason.SUCCEEDED,
                "in the code scanning of " + subject.repository().path() + ", upload " + upload.id());
    }

    private byte[] read(Attachment file) throws IOException, ClientException, InterruptedException {
        Registries.Place at = registries
                .find(file.repository())
                .orElseThrow(() -> new ClientException(
                        ClientException.Kind.NOT_FOUND,
                        "no registry of the configuration has " + file.repository() + "; add it to fleet.yml"));
        Path copy = Files.createTempFile("findings", "");
        try {
            at.registry().download(at.path(), file.digest(), copy);
            return Files.readAllBytes(copy);
        } finally {
            Files.deleteIfExists(copy);
        }
    }

    private Outcome refused(Run run, ClientException e) throws RetryableException, ParkedException {
        String what = String.valueOf(e.getMessage());
        if (!e.retryable()) {
            boolean notThere = e.kind() != ClientException.Kind.REFUSED;
            return Outcome.of(notThere ? Reason.SKIPPED : Reason.FAILED, "not uploaded: " + what);
        }
        Duration asked = e.retryAfter().orElse(Duration.ZERO);
        if (run.attempt() < attempts && asked.compareTo(shortestWait) <= 0) {
            throw new RetryableException(what, asked, e);
        }
        Duration age = Duration.between(run.event().at(), Instant.now());
        if (age.compareTo(PATIENCE) > 0) {
            return Outcome.of(Reason.FAILED, "not uploaded, and not tried any more: " + what);
        }
        Duration wait = longer(longer(asked, shortestWait), age.dividedBy(4));
        throw new ParkedException(wait.compareTo(LONGEST_WAIT) > 0 ? longer(asked, LONGEST_WAIT) : wait, what);
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }
}
