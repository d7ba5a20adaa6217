package io.forgefleet.build.scan;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.registry.Artifact;
import io.forgefleet.clients.registry.Manifest;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.image.Attachment;
import io.forgefleet.events.image.PushedImage;
import io.forgefleet.events.ledger.LedgerEntry;
import io.forgefleet.events.wire.Json;
import io.forgefleet.runtime.claim.ClaimLostException;
import io.forgefleet.runtime.worker.Run;
import io.forgefleet.work.gate.GateResult;
import io.forgefleet.work.gate.Verdict;
import io.forgefleet.work.gate.report.Sarif;
import io.forgefleet.work.image.ImageLabels;
import io.forgefleet.work.place.Registries;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Keeps what a scan found as one SARIF file beside the first image, for as long as that is there. */
final class ScanReports {

    private static final String NAME = "scan.sarif";
    private static final String TYPE = Sarif.MEDIA_TYPE;

    private final Run run;
    private final Registries registries;
    private final Path scratch;

    ScanReports(Run run, Registries registries, Path scratch) {
        this.run = run;
        this.registries = registries;
        this.scratch = scratch;
    }

    /**
     * Keeps the verdicts; what could not be scanned has nothing to keep.
     *
     * @return the file; empty when nothing was kept
     */
    Optional<Attachment> keep(List<GateResult> results)
            throws IOException, ClientException, ClaimLostException, InterruptedException {
        List<Verdict> verdicts = results.stream()
                .filter(Verdict.class::isInstance)
                .map(Verdict.class::cast)
                .toList();
        PushedImage image = run.given().getFirst();
        Optional<Registries.Place> at = registries.find(image.repository());
        if (verdicts.isEmpty() || at.isEmpty()) {
            return Optional.empty();
        }
        Manifest about = at.get().registry().get(at.get().path(), image.digest().value());
        String tag = image.digest().value().replace(':', '-') + ".scan";
        run.ensureHeld();
        Artifact.Pushed pushed = new Artifact(TYPE, NAME, about)
                .push(at.get().registry(), at.get().path(), tag, joined(verdicts), scratch);
        run.record(new LedgerEntry(
                pushed.manifest(),
                run.id(),
                LedgerEntry.Kind.REPORT,
                image.repository(),
                List.of(tag),
                run.subject().repository(),
                commit(),
                run.subject().pullRequest(),
                ImageLabels.trust(about.annotations()),
                Instant.now(),
                run.subject().ref()));
        Attachment file = new Attachment(NAME, TYPE, image.repository(), pushed.file(), pushed.bytes());
        run.attached(file);
        return Optional.of(file);
    }

    private CommitId commit() {
        return Objects.requireNonNull(run.subject().commit(), "images are of commits");
    }

    /** One file with a run for each image. */
    private static byte[] joined(List<Verdict> verdicts) throws IOException {
        ObjectNode all = (ObjectNode) Json.mapper().readTree(Sarif.of(verdicts.getFirst()));
        ArrayNode runs = (ArrayNode) all.path("runs");
        for (Verdict verdict : verdicts.subList(1, verdicts.size())) {
            for (JsonNode more : Json.mapper().readTree(Sarif.of(verdict)).path("runs")) {
                runs.add(more);
            }
        }
        return Json.write(all);
    }
}
