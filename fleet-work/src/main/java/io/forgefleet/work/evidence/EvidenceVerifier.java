package io.forgefleet.work.evidence;

import com.fasterxml.jackson.databind.JsonNode;
import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.registry.Manifest;
import io.forgefleet.clients.registry.Manifest.PlatformImage;
import io.forgefleet.clients.sign.PredicateType;
import io.forgefleet.clients.sign.SignException;
import io.forgefleet.events.image.Digest;
import io.forgefleet.events.wire.Json;
import io.forgefleet.work.evidence.EvidenceManifest.Entry;
import io.forgefleet.work.evidence.proof.Proof;
import io.forgefleet.work.evidence.proof.Prover;
import io.forgefleet.work.evidence.proof.SignedBundle;
import io.forgefleet.work.evidence.proof.UnprovenException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Verifies {@code evidence.tar} by itself: with a key without any network. What the bundle says of its own signer counts for
 * nothing. Thread-safe.
 */
public final class EvidenceVerifier {

    private final Prover prover;

    public EvidenceVerifier(Prover prover) {
        this.prover = prover;
    }

    /**
     * Checks all of it.
     *
     * @throws IOException when the file cannot be read at all; a damaged one is a check that failed
     * @throws SignException when nobody can tell, since a tool or a service is missing
     */
    public Verification verify(Path tar) throws IOException, SignException, InterruptedException {
        SubjectChecks checks = new SubjectChecks(prover);
        try {
            Map<String, byte[]> files = EvidenceTar.read(tar);
            byte[] listing = Objects.requireNonNull(files.get(EvidenceManifest.NAME));
            EvidenceManifest manifest = EvidenceManifest.read(listing);
            checks.add("evidence of " + manifest.name(), true, files.size() + " files");
            signature(checks, listing, files.get(EvidenceManifest.SIGNATURE));
            List<Entry> whole = content(checks, files, manifest);
            Gathered gathered = new Gathered(files, whole);
            for (EvidenceManifest.Image each : manifest.images()) {
                image(checks, gathered, each);
            }
            for (EvidenceManifest.Artifact each : manifest.artifacts()) {
                subject(checks, gathered, each.name() + " " + each.digest(), each.digest(), Required.OF_CONTENT);
            }
        } catch (UnreadableEvidenceException e) {
            checks.add("evidence bundle", false, String.valueOf(e.getMessage()));
        }
        return checks.result();
    }

    private void signature(SubjectChecks checks, byte[] listing, byte @Nullable [] bundle)
            throws SignException, InterruptedException {
        String what = "signature of " + EvidenceManifest.NAME;
        if (bundle == null) {
            checks.add(what, false, "there is none");
            return;
        }
        try {
            Proof proof = prover.prove(SignedBundle.read(bundle));
            boolean held = proof.type().equals(PredicateType.SIGNATURE.uri())
                    && proof.subjects().contains(Digest.of(listing));
            checks.add(
                    what, held, held ? prover.trust().describe() : "it is of another file: what is listed was changed");
        } catch (UnprovenException | IOException e) {
            checks.add(what, false, String.valueOf(e.getMessage()));
        }
    }

    /** Every file is listed, and every listed file is there, byte for byte; gives those for which that holds. */
    private static List<Entry> content(SubjectChecks checks, Map<String, byte[]> files, EvidenceManifest manifest) {
        List<String> wrong = new ArrayList<>();
        List<Entry> whole = new ArrayList<>();
        Set<String> unlisted = new HashSet<>(files.keySet());
        unlisted.removeAll(Set.of(EvidenceManifest.NAME, EvidenceManifest.SIGNATURE));
        for (Entry each : manifest.files()) {
            byte[] bytes = files.get(each.name());
            unlisted.remove(each.name());
            if (bytes == null) {
                wrong.add(each.name() + " is missing");
            } else if (bytes.length != each.size() || !Digest.of(bytes).equals(each.digest())) {
                wrong.add(each.name() + " was changed");
            } else {
                whole.add(each);
            }
        }
        unlisted.stream().sorted().forEach(each -> wrong.add(each + " is not listed"));
        checks.add(
                "digests of all files",
                wrong.isEmpty(),
                wrong.isEmpty() ? whole.size() + " files" : String.join("; ", wrong));
        return whole;
    }

    /** Files of the bundle by what they are about. */
    private record Gathered(Map<String, byte[]> files, List<Entry> whole) {

        List<byte[]> of(Role role, Digest about) {
            List<byte[]> found = new ArrayList<>();
            for (Entry each : whole) {
                if (each.role() == role && Objects.equals(each.about(), about)) {
                    found.add(Objects.requireNonNull(files.get(each.name())));
                }
            }
            return found;
        }

        Optional<byte[]> manifest(Digest digest) {
            return of(Role.IMAGE_MANIFEST, digest).stream()
                    .filter(each -> Digest.of(each).equals(digest))
                    .findFirst();
        }
    }

    private void image(SubjectChecks checks, Gathered gathered, EvidenceManifest.Image image)
            throws SignException, InterruptedException {
        Optional<byte[]> bytes = gathered.manifest(image.digest());
        if (bytes.isEmpty()) {
            checks.add(
                    "manifest of " + image.repository() + "@" + image.digest(), false, "there is none of this digest");
            return;
        }
        try {
            Manifest top = Manifest.of(bytes.get(), "");
            if (top.config().isPresent()) {
                subject(
                        checks,
                        gathered,
                        image.repository() + "@" + image.digest(),
                        image.digest(),
                        Required.OF_CONTENT);
                return;
            }
            List<PlatformImage> platforms = top.images();
            subject(checks, gathered, image.repository() + "@" + image.digest(), image.digest(), Required.OF_INDEX);
            checks.add("platforms of " + image.digest(), !platforms.isEmpty(), String.join(", ", top.platforms()));
            for (PlatformImage each : platforms) {
                boolean there = gathered.manifest(each.digest()).isPresent();
                checks.add(
                        "manifest of " + each.platform(),
                        there,
                        there ? each.digest().value() : "there is none");
                subject(checks, gathered, each.platform() + " " + each.digest(), each.digest(), Required.OF_CONTENT);
            }
        } catch (ClientException | IllegalArgumentException e) {
            checks.add("manifest of " + image.digest(), false, "it is no manifest: " + e.getMessage());
        }
    }

    private void subject(
            SubjectChecks checks, Gathered gathered, String name, Digest digest, List<PredicateType> required)
            throws SignException, InterruptedException {
        List<SignedBundle> bundles = new ArrayList<>();
        for (byte[] each : gathered.of(Role.BUNDLE, digest)) {
            try {
                bundles.add(SignedBundle.read(each));
            } catch (IOException e) {
                checks.add("bundle of " + name, false, String.valueOf(e.getMessage()));
            }
        }
        List<Proof> proofs = checks.check(name, digest, required, bundles);
        if (required.contains(PredicateType.CYCLONEDX)) {
            sbom(checks, name, PredicateType.CYCLONEDX, gathered.of(Role.SBOM_CYCLONEDX, digest), proofs);
            sbom(checks, name, PredicateType.SPDX, gathered.of(Role.SBOM_SPDX, digest), proofs);
        }
    }

    /** The SBOM that people read is the one that was attested. */
    private static void sbom(
            SubjectChecks checks, String name, PredicateType type, List<byte[]> files, List<Proof> proofs) {
        List<JsonNode> attested = proofs.stream()
                .filter(each -> each.type().equals(type.uri()))
                .map(Proof::predicate)
                .toList();
        boolean held = files.size() == 1 && attested.contains(json(files.getFirst()));
        checks.add(
                SubjectChecks.words(type) + " as a file, of " + name,
                held,
                held ? "as attested" : files.isEmpty() ? "there is none" : "it is not the one that was attested");
    }

    private static JsonNode json(byte[] bytes) {
        try {
            return Json.mapper().readTree(bytes);
        } catch (IOException e) {
            return Json.mapper().missingNode();
        }
    }
}
