package io.forgefleet.release.proof;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.scan.Sbom;
import io.forgefleet.clients.scan.ScanException;
import io.forgefleet.clients.sign.SignException;
import io.forgefleet.clients.sign.Signer;
import io.forgefleet.clients.sign.Trust;
import io.forgefleet.clients.sign.cosign.CosignSigner;
import io.forgefleet.clients.sign.cosign.CosignTool;
import io.forgefleet.clients.sign.cosign.CosignVerifier;
import io.forgefleet.clients.tool.Folders;
import io.forgefleet.events.image.Digest;
import io.forgefleet.events.image.PushedImage;
import io.forgefleet.release.saga.KeptFile;
import io.forgefleet.release.saga.KeptFile.Kind;
import io.forgefleet.release.saga.ReleasedImage;
import io.forgefleet.runtime.claim.ClaimLostException;
import io.forgefleet.runtime.config.FleetConfig;
import io.forgefleet.runtime.config.release.SigningKeyConfig;
import io.forgefleet.runtime.worker.Run;
import io.forgefleet.work.evidence.EvidenceWriter;
import io.forgefleet.work.evidence.proof.AttachedBundles;
import io.forgefleet.work.gate.ConfiguredScan;
import io.forgefleet.work.gate.Verdict;
import io.forgefleet.work.image.ImageName;
import io.forgefleet.work.place.RunEndedException;
import io.forgefleet.work.place.Workplace;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What has to be proved of everything before it is public, step by step. Thread-safe. */
public final class Proofs {

    private static final Duration SIGN_TIMEOUT = Duration.ofMinutes(2);
    private static final String TAR = "application/x-tar";

    private final Contents contents;
    private final Scans scans;
    private final Signatures signatures;
    private final Verifications verifications;
    private final Keys keys;
    private final CosignTool cosign;
    private final Path scratch;

    /**
     * With the tools that the configuration names; whether they are there shows when they run.
     *
     * @param environment of this process
     * @param scratch a folder for files on their way
     */
    public Proofs(FleetConfig config, Map<String, String> environment, InstantSource clock, Path scratch) {
        this.cosign = new CosignTool(ConfiguredScan.paths(config, environment), environment, SIGN_TIMEOUT);
        this.contents = new Contents(ConfiguredScan.sbomTool(config, environment), scratch);
        this.scans = new Scans(ConfiguredScan.scanners(config, environment, clock), clock);
        this.signatures = new Signatures(clock, scratch);
        this.verifications = new Verifications(trust -> new CosignVerifier(cosign, trust));
        this.keys = new Keys(environment);
        this.scratch = scratch;
    }

    /**
     * Whether the key can be used.
     *
     * @return whom its signatures can be verified by
     */
    public Trust checkKey(SigningKeyConfig key) throws RunEndedException, SignException, InterruptedException {
        return signer(key).checkKey();
    }

    private Signer signer(SigningKeyConfig key) throws RunEndedException {
        return new CosignSigner(cosign, keys.of(key));
    }

    /** What a build worker pushed, with its platforms. */
    public static ReleasedImage image(Workplace place, ImageName name, PushedImage pushed)
            throws ClientException, InterruptedException {
        var manifest = place.registry().get(name.repository(), pushed.digest().value());
        return new ReleasedImage(
                pushed.name(),
                pushed.repository(),
                pushed.digest(),
                manifest.isIndex(),
                pushed.bases(),
                Verifications.platforms(manifest));
    }

    /** SBOMs of everything. */
    public List<KeptFile> describe(Subjects subjects)
            throws ScanException, IOException, ClientException, InterruptedException {
        return contents.describe(subjects);
    }

    /**
     * What scanners say to the SBOMs, and the gate to that.
     *
     * @param files with the SBOMs
     * @throws RunEndedException when anything blocks
     */
    public List<KeptFile> scan(Subjects subjects, List<KeptFile> files, Run run)
            throws RunEndedException, ScanException, IOException, ClientException, InterruptedException {
        List<KeptFile> made = new ArrayList<>(scans.ask(subjects, files));
        Map<Digest, Verdict> verdicts = scans.judge(subjects, made, run::log);
        made.addAll(scans.report(subjects, made, verdicts));
        return made;
    }

    /** Signs and attests everything; gives the bundles of files. */
    public List<KeptFile> sign(Subjects subjects, List<KeptFile> files, SigningKeyConfig key, Run run)
            throws RunEndedException, SignException, IOException, ClientException, ClaimLostException,
                    InterruptedException {
        return signatures.make(subjects, files, signer(key), run::ensureHeld);
    }

    /**
     * Verifies everything anew, files by the evidence where there is one already, and has the gate look once more at what the scanners told: a waiver may have expired.
     *
     * @return what lies beside the images where they were built, for the evidence
     * @throws RunEndedException when anything does not hold
     */
    public AttachedBundles verify(Subjects subjects, List<KeptFile> files, Trust trust, Run run)
            throws RunEndedException, SignException, IOException, ClientException, InterruptedException {
        AttachedBundles attached = verifications.require(subjects, trust, run::log);
        for (KeptFile file : files) {
            if (file.kind() == Kind.EVIDENCE) {
                verifications.require(subjects, file, trust);
            }
        }
        var unused = scans.judge(subjects, files, line -> {});
        return attached;
    }

    /** Whether an image holds all that has to be proved of it, whoever proved it. */
    public boolean isVerified(Workplace place, ImageName name, Digest digest, Trust trust)
            throws ClientException, InterruptedException {
        return verifications.holds(place, name, digest, trust);
    }

    /**
     * All that proves it, in one file that verifies without a network; and the checksums of the files.
     *
     * @param attached to the images, as it was verified
     */
    public List<KeptFile> evidence(
            Subjects subjects, List<KeptFile> files, AttachedBundles attached, SigningKeyConfig key, Trust trust)
            throws RunEndedException, SignException, IOException, ClientException, InterruptedException {
        EvidenceWriter writer = new EvidenceWriter(subjects.title());
        for (ReleasedImage image : subjects.images()) {
            ImageName name = subjects.source(image);
            String host = name.reference().substring(0, name.reference().indexOf('/'));
            writer.image(attached, host, name.repository(), image.digest());
        }
        for (KeptFile artifact : subjects.artifacts()) {
            List<Path> bundles = new ArrayList<>();
            for (KeptFile file : files) {
                if (file.kind() == Kind.BUNDLE && file.about().equals(artifact.digest())) {
                    bundles.add(subjects.store().fetch(file));
                }
            }
            writer.artifact(artifact.name(), artifact.digest(), artifact.size(), bundles);
        }
        for (Part part : subjects.parts()) {
            writer.sbom(
                    part.digest(),
                    new Sbom(
                            part.subject(subjects),
                            subjects.store().fetch(Scans.about(files, Kind.CYCLONEDX, part.digest())),
                            subjects.store().fetch(Scans.about(files, Kind.SPDX, part.digest()))));
        }
        for (KeptFile report : files) {
            if (report.kind() == Kind.REPORT) {
                writer.report(
                        report.name(),
                        report.about(),
                        Files.readAllBytes(subjects.store().fetch(report)));
            }
        }
        Path folder = Files.createTempDirectory(Files.createDirectories(scratch), "evidence");
        try {
            Path tar = folder.resolve("evidence.tar");
            writer.signer(trust).write(signer(key), folder, tar);
            Digest about = subjects.images().isEmpty()
                    ? subjects.artifacts().getFirst().digest()
                    : subjects.images().getFirst().digest();
            List<KeptFile> made = new ArrayList<>();
            KeptFile evidence = subjects.store().keep(tar, Kind.EVIDENCE, "evidence.tar", TAR, about);
            verifications.require(subjects, evidence, trust);
            made.add(evidence);
            made.add(checksums(subjects, files, about));
            return made;
        } finally {
            Folders.delete(folder);
        }
    }

    /** As {@code sha256sum -c} reads them. */
    private static KeptFile checksums(Subjects subjects, List<KeptFile> files, Digest about)
            throws IOException, ClientException, InterruptedException {
        StringBuilder lines = new StringBuilder();
        for (KeptFile file : files) {
            if (file.isAsset()) {
                lines.append(file.digest().value().substring("sha256:".length()))
                        .append("  ")
                        .append(file.name())
                        .append('\n');
            }
        }
        byte[] text = lines.toString().getBytes(StandardCharsets.UTF_8);
        return Scans.keep(subjects, text, Kind.CHECKSUMS, "SHA256SUMS", "text/plain", about);
    }
}
