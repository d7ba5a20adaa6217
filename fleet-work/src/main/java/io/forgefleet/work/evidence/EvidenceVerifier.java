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
import io.forgefleet.work.evidence.Proving.Said;
import io.forgefleet.work.evidence.Proving.Source;
import io.forgefleet.work.evidence.proof.Proof;
import io.forgefleet.work.evidence.proof.Prover;
import io.forgefleet.work.evidence.proof.SignedBundle;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
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
        try (SubjectChecks checks = new SubjectChecks(prover)) {
            try {
                Map<String, byte[]> files = EvidenceTar.read(tar);
                byte[] listing = Objects.requireNonNull(files.get(EvidenceManifest.NAME));
                byte[] bundle = files.get(EvidenceManifest.SIGNATURE);
                Future<Said> signature = checks.proving().begin(() -> signature(bundle));
                EvidenceManifest manifest = EvidenceManifest.read(listing);
                checks.add("evidence of " + manifest.name(), true, files.size() + " files");
                signature(checks, listing, Proving.await(signature));
                Gathered gathered = new Gathered(files, content(checks, files, manifest));
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
    }

    private static SignedBundle signature(byte @Nullable [] bundle) throws IOException {
        if (bundle == null) {
            throw new IOException("there is none");
        }
        return SignedBundle.read(bundle);
    }

    private static void signature(SubjectChecks checks, byte[] listing, Said said) {
        String what = "signature of " + EvidenceManifest.NAME;
        Proof proof = said.proof();
        if (proof == null) {
            checks.add(what, false, said.trouble());
            return;
        }
        boolean held = proof.type().equals(PredicateType.SIGNATURE.uri())
                && proof.subjects().contains(Digest.of(listing));
        checks.add(
                what,
                held,
                held ? checks.proving().trust().describe() : "it is of another file: what is listed was changed");
    }

    /** Every file is listed, and every listed file is there, byte for byte; gives those for which that holds. */
    private static List<Entry> content(SubjectChecks checks, Map<String, byte[]> files, EvidenceManifest manifest) {
        List<String> wrong = new ArrayList<>();
        List<Entry> whole = new ArrayList<>();
        Set<String> unlisted = new HashSet<>(files.keySet());
        unlisted.removeAll(Set.of(EvidenceManifest.NAME, EvidenceManifest.SIGNATURE));
        Set<Entry> same = manifest.files().parallelStream()
                .filter(each -> isSame(each, files.get(each.name())))
                .collect(Collectors.toSet());
        for (Entry each : manifest.files()) {
            unlisted.remove(each.name());
            if (same.contains(each)) {
                whole.add(each);
            } else {
                wrong.add(each.name() + (files.containsKey(each.name()) ? " was changed" : " is missing"));
            }
        }
        unlisted.stream().sorted().forEach(each -> wrong.add(each + " is not listed"));
        checks.add(
                "digests of all files",
                wrong.isEmpty(),
                wrong.isEmpty() ? whole.size() + " files" : String.join("; ", wrong));
        return whole;
    }

    private static boolean isSame(Entry entry, byte @Nullable [] bytes) {
        return bytes != null && bytes.length == entry.size() && Digest.of(bytes).equals(entry.digest());
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
        Proving proving = checks.proving();
        List<Source> bundles = new ArrayList<>();
        gathered.of(Role.BUNDLE, digest).forEach(each -> bundles.add(() -> SignedBundle.read(each)));
        List<Said> said = proving.all(bundles);
        said.stream()
                .filter(each -> !each.bundle())
                .forEach(each -> checks.add("bundle of " + name, false, each.trouble()));
        List<Proof> proofs = checks.check(name, digest, required, said);
        if (required.contains(PredicateType.CYCLONEDX)) {
            List<Future<Check>> sboms = List.of(
                    proving.beside(() ->
                            sbom(name, PredicateType.CYCLONEDX, gathered.of(Role.SBOM_CYCLONEDX, digest), proofs)),
                    proving.beside(() -> sbom(name, PredicateType.SPDX, gathered.of(Role.SBOM_SPDX, digest), proofs)));
            for (Future<Check> each : sboms) {
                checks.add(Proving.await(each));
            }
        }
    }

    /** The SBOM that people read is the one that was attested. */
    private static Check sbom(String name, PredicateType type, List<byte[]> files, List<Proof> proofs) {
        boolean held = false;
        if (files.size() == 1) {
            JsonNode file = json(files.getFirst());
            held = proofs.stream()
                    .filter(each -> each.type().equals(type.uri()))
                    .anyMatch(each -> each.predicate().tree().equals(file));
        }
        return new Check(
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
