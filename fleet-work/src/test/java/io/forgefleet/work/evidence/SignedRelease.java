package io.forgefleet.work.evidence;

import io.forgefleet.clients.registry.DockerCredentials;
import io.forgefleet.clients.registry.Registry;
import io.forgefleet.clients.scan.FileToScan;
import io.forgefleet.clients.scan.PackageRef;
import io.forgefleet.clients.scan.Sbom;
import io.forgefleet.clients.sign.ImageRef;
import io.forgefleet.clients.sign.Passphrase;
import io.forgefleet.clients.sign.PredicateType;
import io.forgefleet.clients.sign.Signer;
import io.forgefleet.clients.sign.SigningKey;
import io.forgefleet.clients.sign.Trust;
import io.forgefleet.clients.sign.cosign.CosignSigner;
import io.forgefleet.clients.sign.cosign.CosignTool;
import io.forgefleet.clients.tool.ToolPaths;
import io.forgefleet.events.image.Digest;
import io.forgefleet.host.process.Program;
import io.forgefleet.host.registry.LocalRegistry;
import io.forgefleet.host.registry.RegistryProgram;
import io.forgefleet.host.registry.SmallImages;
import io.forgefleet.work.evidence.proof.AttachedBundles;
import io.forgefleet.work.evidence.statement.Provenance;
import io.forgefleet.work.evidence.statement.VulnerabilityReport;
import io.forgefleet.work.gate.Finding;
import io.forgefleet.work.gate.ImageSubject;
import io.forgefleet.work.gate.Policy;
import io.forgefleet.work.gate.Severity;
import io.forgefleet.work.gate.Verdict;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Assumptions;

/** An index of two platforms and a wheel, signed by real cosign in a real registry. */
final class SignedRelease implements AutoCloseable {

    static final String REPOSITORY = "team/app";

    private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");

    final LocalRegistry process;
    final Registry registry;
    final Path folder;
    final Digest index;
    final List<Digest> platforms;
    final Path wheel;
    final Trust.Key trust;
    final Signer signer;

    private SignedRelease(LocalRegistry process, Path folder) throws Exception {
        this.process = process;
        this.folder = folder;
        this.registry = new Registry(
                process.address(),
                true,
                new DockerCredentials(folder.resolve("none.json"), Map.of()),
                Duration.ofSeconds(20));
        SmallImages images = new SmallImages(process.address(), REPOSITORY);
        Map<String, String> pushed = new LinkedHashMap<>();
        pushed.put("linux/amd64", images.push(folder, "linux/amd64", SmallImages.python("jinja2", "3.1.4")));
        pushed.put("linux/arm64", images.push(folder, "linux/arm64", SmallImages.python("jinja2", "3.1.5")));
        this.platforms = pushed.values().stream().map(Digest::new).toList();
        this.index = new Digest(images.index(pushed));
        this.wheel = Files.writeString(folder.resolve("app-1.0-py3-none-any.whl"), "a wheel");
        this.signer = signer(folder, "release");
        this.trust = (Trust.Key) signer.checkKey();
    }

    static SignedRelease make(Path folder) throws Exception {
        Assumptions.assumeTrue(
                RegistryProgram.findAny().isPresent(), "neither registry nor docker-registry is on the PATH");
        Assumptions.assumeTrue(
                Program.onPath("cosign").isPresent(), "cosign is not on the PATH: nothing can be signed");
        LocalRegistry process = LocalRegistry.start(folder.resolve("registry"), 0);
        SignedRelease release = new SignedRelease(process, folder);
        release.attest();
        return release;
    }

    /** With a new key pair. */
    static Signer signer(Path folder, String name) throws Exception {
        ProcessBuilder generate = new ProcessBuilder("cosign", "generate-key-pair", "--output-key-prefix", name);
        generate.environment().put("COSIGN_PASSWORD", "a passphrase");
        generate.directory(folder.toFile()).redirectErrorStream(true);
        Process process = generate.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(said);
        }
        CosignTool tool = new CosignTool(
                new ToolPaths(Map.of(), System.getenv("PATH"), folder), System.getenv(), Duration.ofMinutes(1));
        return new CosignSigner(
                tool, new SigningKey.KeyFile(folder.resolve(name + ".key"), new Passphrase("a passphrase")));
    }

    ImageRef image(Digest digest) {
        return new ImageRef(process.address() + "/" + REPOSITORY, digest, true);
    }

    private void attest() throws Exception {
        sign(signer, index, Required.OF_INDEX, true);
        for (Digest each : platforms) {
            sign(signer, each, Required.OF_CONTENT, true);
        }
    }

    /** @param passed what the gate says */
    void sign(Signer by, Digest digest, List<PredicateType> types, boolean passed) throws Exception {
        for (PredicateType each : types) {
            if (each == PredicateType.SIGNATURE) {
                by.sign(image(digest));
            } else {
                by.attest(image(digest), each, predicate(each, digest, passed));
            }
        }
    }

    Path predicate(PredicateType type, Digest digest, boolean passed) throws IOException {
        Path file = folder.resolve("predicate-" + type + ".json");
        return switch (type) {
            case CYCLONEDX -> sbom(digest).cycloneDx();
            case SPDX -> sbom(digest).spdx();
            case PROVENANCE -> Files.write(file, provenance().predicate());
            case VULNERABILITIES ->
                Files.write(
                        file,
                        new VulnerabilityReport(verdict(digest, passed), "osv-scanner", NOW, NOW, NOW).predicate());
            case SIGNATURE -> throw new IllegalArgumentException("a signature has no predicate");
        };
    }

    static Provenance provenance() {
        return new Provenance(
                URI.create("https://fleet.example/builder/release"),
                URI.create("https://forgefleet.dev/build/image/v1"),
                URI.create("git+https://forge.example/team/app"),
                "refs/tags/v1.0.0",
                "0123456789012345678901234567890123456789",
                "event-1",
                Map.of("platform", "linux/amd64"),
                List.of(new Provenance.Dependency(
                        URI.create("docker://registry.example/python"), new Digest("sha256:" + "b2".repeat(32)))),
                "run-1",
                NOW,
                NOW);
    }

    private Verdict verdict(Digest digest, boolean passed) {
        ImageSubject subject = new ImageSubject(process.address() + "/" + REPOSITORY, digest, Set.of());
        List<Finding> blocking = passed ? List.of() : List.of(high());
        return new Verdict(subject, Policy.DEFAULT, blocking, List.of(), List.of(), List.of(), List.of(), List.of());
    }

    private static Finding high() {
        return new Finding(
                "CVE-2024-1",
                new TreeSet<>(Set.of("CVE-2024-1")),
                new PackageRef("jinja2", "2.4.1", "PyPI", "pkg:pypi/jinja2@2.4.1"),
                Severity.HIGH,
                null,
                List.of(),
                new TreeSet<>(),
                new TreeSet<>(Set.of("osv-scanner")),
                "A title",
                null);
    }

    /** By hand: what Syft writes is looked at elsewhere. */
    Sbom sbom(Digest digest) throws IOException {
        String hex = digest.value().substring(7);
        Path cycloneDx = Files.writeString(
                folder.resolve(hex + ".cdx.json"),
                "{\"bomFormat\": \"CycloneDX\", \"specVersion\": \"1.6\", \"serialNumber\": \"" + hex
                        + "\", \"components\": []}");
        Path spdx = Files.writeString(
                folder.resolve(hex + ".spdx.json"),
                "{\"spdxVersion\": \"SPDX-2.3\", \"name\": \"" + hex + "\", \"packages\": []}");
        return new Sbom(new FileToScan(wheel, digest), cycloneDx, spdx);
    }

    /** Everything of it, as the release worker gathers it. */
    EvidenceWriter gather() throws Exception {
        Digest digest = Digest.of(Files.readAllBytes(wheel));
        List<Path> bundles = new ArrayList<>();
        for (PredicateType each : Required.OF_CONTENT) {
            Path bundle = folder.resolve("wheel-" + each + ".sigstore.json");
            if (each == PredicateType.SIGNATURE) {
                signer.signBlob(wheel, bundle);
            } else {
                signer.attestBlob(wheel, each, predicate(each, digest, true), bundle);
            }
            bundles.add(bundle);
        }
        EvidenceWriter writer = new EvidenceWriter("team/app 1.0.0")
                .image(new AttachedBundles(registry), process.address(), REPOSITORY, index)
                .artifact("app-1.0-py3-none-any.whl", digest, Files.size(wheel), bundles)
                .sbom(digest, sbom(digest))
                .report("scan.txt", index, "nothing was found".getBytes(StandardCharsets.UTF_8))
                .signer(trust);
        for (Digest each : platforms) {
            writer.sbom(each, sbom(each));
        }
        return writer;
    }

    @Override
    public void close() {
        process.close();
    }
}
