package io.forgefleet.work.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forgefleet.clients.sign.PredicateType;
import io.forgefleet.clients.sign.Signer;
import io.forgefleet.clients.sign.Trust;
import io.forgefleet.events.image.Digest;
import io.forgefleet.work.evidence.EvidenceManifest.Entry;
import io.forgefleet.work.evidence.proof.KeyProver;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever is missing, changed, or signed by somebody else: it is never called verified. */
class EvidenceVerifierTest {

    @TempDir
    private static Path shared;

    private static SignedRelease release;
    private static Path evidence;

    @TempDir
    private Path folder;

    @BeforeAll
    static void sign() throws Exception {
        release = SignedRelease.make(shared);
        evidence = shared.resolve("evidence.tar");
        release.gather().write(release.signer, Files.createDirectory(shared.resolve("scratch")), evidence);
    }

    @AfterAll
    static void stop() {
        if (release != null) {
            release.close();
        }
    }

    @Test
    void wholeEvidenceHoldsAndSaysWhatWasChecked() throws Exception {
        Verification verification = verify(evidence);
        assertThat(failures(verification)).isEmpty();
        assertThat(verification.passed()).isTrue();
        assertThat(verification.by()).contains(release.trust.fingerprint().value());
        assertThat(verification.checks())
                .extracting(Check::what)
                .startsWith("evidence of team/app 1.0.0", "signature of manifest.json", "digests of all files")
                .anyMatch(what -> what.startsWith("gate's verdict on linux/arm64"))
                .anyMatch(what -> what.startsWith("SPDX SBOM of app-1.0-py3-none-any.whl"));
    }

    @Test
    void theSameEvidenceGivesTheSameBytesButForItsSignature() throws Exception {
        Path again = folder.resolve("again.tar");
        EvidenceWriter writer = release.gather();
        writer.write(release.signer, folder, again);
        Map<String, byte[]> files = EvidenceTar.read(again);
        files.remove(EvidenceManifest.SIGNATURE);
        Path one = folder.resolve("one.tar");
        Path two = folder.resolve("two.tar");
        EvidenceTar.write(files, one);
        EvidenceTar.write(files, two);
        assertThat(one).hasSameBinaryContentAs(two);
        assertThat(failures(verify(again))).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void aChangedFileOfAnyKindIsFound(Role role) throws Exception {
        Verification verification = tampered(files -> {
            String name = first(files, role);
            byte[] changed = files.get(name).clone();
            changed[changed.length / 2] ^= 1;
            files.put(name, changed);
        });
        assertThat(verification.passed()).isFalse();
        assertThat(failures(verification)).contains("was changed");
    }

    @ParameterizedTest
    @EnumSource
    void aMissingFileOfAnyKindIsFoundEvenWhereTheListIsMadeToFit(Role role) throws Exception {
        assertThat(failures(tampered(files -> files.remove(first(files, role)))))
                .contains("is missing");
        Verification fitted = tampered(files -> {
            String name = first(files, role);
            files.remove(name);
            relist(files, entries -> entries.removeIf(each -> each.name().equals(name)));
        });
        assertThat(failures(fitted)).contains("signature of manifest.json");
    }

    @Test
    void whatIsNotListedAndNotSignedIsFound() throws Exception {
        assertThat(failures(tampered(files -> files.put("extra.txt", new byte[] {1}))))
                .contains("extra.txt is not listed");
        assertThat(failures(tampered(files -> files.remove(EvidenceManifest.SIGNATURE))))
                .contains("signature of manifest.json: there is none");
    }

    @Test
    void everyPlatformOfAnIndexIsAskedForAlthoughTheSignedListForgotOne() throws Exception {
        Digest arm = release.platforms.getLast();
        Map<String, byte[]> files = EvidenceTar.read(evidence);
        relist(files, entries -> entries.removeIf(each -> arm.equals(each.about())));
        EvidenceManifest left = EvidenceManifest.read(files.get(EvidenceManifest.NAME));
        files.keySet()
                .removeIf(name -> !name.startsWith("manifest.")
                        && left.files().stream().noneMatch(each -> each.name().equals(name)));
        Verification verification = verify(resigned(files));
        assertThat(failures(verification))
                .contains("manifest of linux/arm64: there is none")
                .contains("signature of linux/arm64")
                .doesNotContain("linux/amd64")
                .doesNotContain("manifest.json");
    }

    @Test
    void anotherKeyHasSignedNothing() throws Exception {
        Trust.Key other = (Trust.Key) SignedRelease.signer(folder, "other").checkKey();
        Verification verification = new EvidenceVerifier(new KeyProver(other)).verify(evidence);
        assertThat(failures(verification)).contains("it is not signed by key " + other.fingerprint());
        assertThat(verification.checks().stream().filter(Check::held).map(Check::what))
                .noneMatch(what -> what.startsWith("signature") || what.contains("SBOM") || what.contains("gate"));
    }

    @Test
    void anAttestationAboutAnotherDigestCountsForNothing() throws Exception {
        Digest amd = release.platforms.getFirst();
        Digest arm = release.platforms.getLast();
        Map<String, byte[]> files = EvidenceTar.read(evidence);
        relist(files, entries -> {
            List<Entry> moved = new ArrayList<>();
            for (Entry each : entries) {
                boolean bundle = each.role() == Role.BUNDLE;
                if (bundle && arm.equals(each.about())) {
                    files.remove(each.name());
                } else if (bundle && amd.equals(each.about())) {
                    moved.add(new Entry(each.name(), each.digest(), each.size(), each.role(), arm));
                } else {
                    moved.add(each);
                }
            }
            entries.clear();
            entries.addAll(moved);
        });
        assertThat(failures(verify(resigned(files))))
                .contains("signature of linux/amd64 " + amd + ": there is none")
                .contains("signature of linux/arm64 " + arm + ": none holds: one is about " + amd + " and not this")
                .doesNotContain("manifest.json");
    }

    @Test
    void aTarThatIsCutOffOrNoneIsNotVerified() throws Exception {
        byte[] whole = Files.readAllBytes(evidence);
        for (int length : new int[] {0, 100, 512, 1000, whole.length / 2, whole.length * 9 / 10}) {
            Path cut = Files.write(folder.resolve("cut.tar"), Arrays.copyOf(whole, length));
            assertThat(verify(cut).passed()).as("%s bytes", length).isFalse();
        }
        assertThat(verify(Files.write(folder.resolve("noise.tar"), new byte[4096]))
                        .passed())
                .isFalse();
        assertThatThrownBy(() -> verify(folder.resolve("absent.tar"))).isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void hostileNamesAndSizesAreRefused() throws Exception {
        for (String name : List.of("../escape", "/etc/passwd", "a/../../b", "a\\b", "a//b")) {
            Path tar = tar(name, 1, 1);
            assertThat(failures(verify(tar))).as(name).contains("plain files");
        }
        Path huge = tar("huge", 4L << 30, 0);
        assertThat(failures(verify(huge))).contains("more than evidence may");
        Path link = folder.resolve("link.tar");
        try (OutputStream out = Files.newOutputStream(link);
                TarArchiveOutputStream archive = new TarArchiveOutputStream(out)) {
            TarArchiveEntry entry = new TarArchiveEntry("manifest.json", TarArchiveEntry.LF_SYMLINK);
            entry.setLinkName("/etc/passwd");
            archive.putArchiveEntry(entry);
            archive.closeArchiveEntry();
        }
        assertThat(failures(verify(link))).contains("plain files");
    }

    @Test
    void aStrippedSignatureOfAnImageIsMissedAlthoughItsAttestationsAreThere() throws Exception {
        ImageVerifier verifier = new ImageVerifier(new KeyProver(release.trust));
        assertThat(failures(verifier.verify(release.registry, SignedRelease.REPOSITORY, release.index)))
                .isEmpty();

        Path mine = Files.createDirectory(folder.resolve("mine"));
        try (SignedRelease stripped = SignedRelease.make(mine)) {
            Digest arm = stripped.platforms.getLast();
            String tag = arm.value().replace(':', '-');
            delete(
                    stripped,
                    stripped.registry.digest(SignedRelease.REPOSITORY, tag).orElseThrow());
            Verification gone = new ImageVerifier(new KeyProver(stripped.trust))
                    .verify(stripped.registry, SignedRelease.REPOSITORY, stripped.index);
            assertThat(failures(gone))
                    .contains("signature of linux/arm64 " + arm + ": there is none")
                    .doesNotContain("linux/amd64");

            List<PredicateType> attestations = Required.OF_CONTENT.subList(1, Required.OF_CONTENT.size());
            stripped.sign(stripped.signer, arm, attestations, true);
            Verification bare = new ImageVerifier(new KeyProver(stripped.trust))
                    .verify(stripped.registry, SignedRelease.REPOSITORY, stripped.index);
            assertThat(bare.checks().stream().filter(each -> !each.held()).map(Check::what))
                    .containsExactly("signature of linux/arm64 " + arm);

            Signer stranger = SignedRelease.signer(folder, "stranger");
            stripped.sign(stranger, arm, List.of(PredicateType.SIGNATURE), true);
            Verification strange = new ImageVerifier(new KeyProver(stripped.trust))
                    .verify(stripped.registry, SignedRelease.REPOSITORY, stripped.index);
            assertThat(failures(strange)).contains("it is not signed by key");

            stripped.sign(stripped.signer, arm, List.of(PredicateType.SIGNATURE), true);
            assertThat(new ImageVerifier(new KeyProver(stripped.trust))
                            .verify(stripped.registry, SignedRelease.REPOSITORY, stripped.index)
                            .passed())
                    .isTrue();
        }
    }

    @Test
    void aFileIsVerifiedByTheBundleBesideIt() throws Exception {
        FileVerifier verifier = new FileVerifier(new KeyProver(release.trust));
        Path bundle = shared.resolve("wheel-SIGNATURE.sigstore.json");
        assertThat(verifier.verify(release.wheel, bundle).passed()).isTrue();
        Path other = Files.writeString(folder.resolve("other.whl"), "another wheel");
        assertThat(failures(verifier.verify(other, bundle))).contains("and not this");
        assertThat(failures(verifier.verify(release.wheel, folder.resolve("none.json"))))
                .contains("there is no ");
        assertThat(failures(verifier.verify(release.wheel, other))).contains("is no bundle");
    }

    private static Verification verify(Path tar) throws Exception {
        return new EvidenceVerifier(new KeyProver(release.trust)).verify(tar);
    }

    private static String failures(Verification verification) {
        StringBuilder all = new StringBuilder();
        verification.checks().stream().filter(each -> !each.held()).forEach(each -> all.append(each.what())
                .append(": ")
                .append(each.found())
                .append('\n'));
        return all.toString();
    }

    private Verification tampered(Consumer<Map<String, byte[]>> change) throws Exception {
        Map<String, byte[]> files = EvidenceTar.read(evidence);
        change.accept(files);
        Path tar = folder.resolve("tampered.tar");
        EvidenceTar.write(files, tar);
        return verify(tar);
    }

    private static String first(Map<String, byte[]> files, Role role) {
        return entries(files).stream()
                .filter(each -> each.role() == role)
                .findFirst()
                .orElseThrow()
                .name();
    }

    private static List<Entry> entries(Map<String, byte[]> files) {
        try {
            return EvidenceManifest.read(files.get(EvidenceManifest.NAME)).files();
        } catch (UnreadableEvidenceException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void relist(Map<String, byte[]> files, Consumer<List<Entry>> change) {
        try {
            EvidenceManifest was = EvidenceManifest.read(files.get(EvidenceManifest.NAME));
            List<Entry> entries = new ArrayList<>(was.files());
            change.accept(entries);
            files.put(
                    EvidenceManifest.NAME,
                    new EvidenceManifest(was.version(), was.name(), was.images(), was.artifacts(), entries).json());
        } catch (UnreadableEvidenceException e) {
            throw new IllegalStateException(e);
        }
    }

    /** By the true key, as a worker with a fault would. */
    private Path resigned(Map<String, byte[]> files) throws Exception {
        Path manifest = Files.write(folder.resolve("manifest.json"), files.get(EvidenceManifest.NAME));
        Path bundle = folder.resolve("manifest.sigstore.json");
        release.signer.signBlob(manifest, bundle);
        Map<String, byte[]> all = new LinkedHashMap<>(files);
        all.put(EvidenceManifest.SIGNATURE, Files.readAllBytes(bundle));
        Path tar = folder.resolve("resigned.tar");
        EvidenceTar.write(all, tar);
        return tar;
    }

    /** With an entry that claims a size. */
    private Path tar(String name, long claimed, int bytes) throws IOException {
        Path tar = folder.resolve("hostile.tar");
        TarArchiveEntry entry = new TarArchiveEntry(name, true);
        entry.setSize(claimed);
        byte[] header = new byte[512];
        entry.writeEntryHeader(header);
        byte[] all = Arrays.copyOf(header, 512 + 512 * Math.max(1, bytes) + 1024);
        return Files.write(tar, all);
    }

    private static void delete(SignedRelease from, Digest digest) throws Exception {
        HttpResponse<String> answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://" + from.process.address() + "/v2/"
                                        + SignedRelease.REPOSITORY + "/manifests/" + digest))
                                .DELETE()
                                .build(),
                        HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
        assertThat(answer.statusCode()).isEqualTo(202);
    }
}
