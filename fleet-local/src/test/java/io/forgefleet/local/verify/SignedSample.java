package io.forgefleet.local.verify;

import io.forgefleet.clients.registry.DockerCredentials;
import io.forgefleet.clients.registry.Registry;
import io.forgefleet.clients.scan.FileToScan;
import io.forgefleet.clients.scan.Sbom;
import io.forgefleet.clients.sign.ImageRef;
import io.forgefleet.clients.sign.Passphrase;
import io.forgefleet.clients.sign.PredicateType;
import io.forgefleet.clients.sign.Signer;
import io.forgefleet.clients.sign.SigningKey;
import io.forgefleet.clients.sign.cosign.CosignSigner;
import io.forgefleet.clients.sign.cosign.CosignTool;
import io.forgefleet.clients.tool.ToolPaths;
import io.forgefleet.events.image.Digest;
import io.forgefleet.host.process.Program;
import io.forgefleet.host.registry.LocalRegistry;
import io.forgefleet.host.registry.RegistryProgram;
import io.forgefleet.host.registry.SmallImages;
import io.forgefleet.work.evidence.EvidenceWriter;
import io.forgefleet.work.evidence.Required;
import io.forgefleet.work.evidence.proof.AttachedBundles;
import io.forgefleet.work.evidence.statement.VulnerabilityReport;
import io.forgefleet.work.gate.ImageSubject;
import io.forgefleet.work.gate.Policy;
import io.forgefleet.work.gate.Verdict;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Assumptions;

/** A small release as a consumer meets it: an image in a registry, a wheel, evidence, and the public key, in one folder. */
final class SignedSample implements AutoCloseable {

    private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");

    private final LocalRegistry registry;
    private final Signer signer;
    final Path folder;
    final Digest index;
    final Digest platform;
    final Path wheel;

    SignedSample(Path folder) throws Exception {
        Assumptions.assumeTrue(
                RegistryProgram.findAny().isPresent(), "neither registry nor docker-registry is on the PATH");
        Assumptions.assumeTrue(
                Program.onPath("cosign").isPresent(), "cosign is not on the PATH: nothing can be signed");
        this.folder = folder;
        this.registry = LocalRegistry.start(folder.resolve("registry"), 0);
        SmallImages images = new SmallImages(registry.address(), "team/app");
        this.platform = new Digest(images.push(folder, "linux/amd64", SmallImages.python("jinja2", "3.1.4")));
        this.index = new Digest(images.index(Map.of("linux/amd64", platform.value())));
        this.wheel = Files.writeString(folder.resolve("app-1.0-py3-none-any.whl"), "a wheel");
        this.signer = signer();
        release();
    }

    String image(Digest digest) {
        return registry.address() + "/team/app@" + digest;
    }

    private Signer signer() throws Exception {
        ProcessBuilder generate = new ProcessBuilder("cosign", "generate-key-pair");
        generate.environment().put("COSIGN_PASSWORD", "a passphrase");
        Process process =
                generate.directory(folder.toFile()).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IllegalStateException(said);
        }
        CosignTool tool = new CosignTool(
                new ToolPaths(Map.of(), System.getenv("PATH"), folder), System.getenv(), Duration.ofMinutes(1));
        return new CosignSigner(
                tool, new SigningKey.KeyFile(folder.resolve("cosign.key"), new Passphrase("a passphrase")));
    }

    private void release() throws Exception {
        for (PredicateType each : Required.OF_INDEX) {
            sign(index, each);
        }
        for (PredicateType each : Required.OF_CONTENT) {
            sign(platform, each);
        }
        Digest digest = Digest.of(Files.readAllBytes(wheel));
        List<Path> bundles = new ArrayList<>();
        for (PredicateType each : Required.OF_CONTENT) {
            if (each == PredicateType.SIGNATURE) {
                bundles.add(folder.resolve(wheel.getFileName() + ".sigstore.json"));
                signer.signBlob(wheel, bundles.getLast());
            } else {
                bundles.add(folder.resolve(each + ".sigstore.json"));
                signer.attestBlob(wheel, each, predicate(each, digest), bundles.getLast());
            }
        }
        Registry from = new Registry(
                registry.address(),
                true,
                new DockerCredentials(folder.resolve("none.json"), Map.of()),
                Duration.ofSeconds(20));
        new EvidenceWriter("team/app 1.0.0")
                .image(new AttachedBundles(from), registry.address(), "team/app", index)
                .artifact(String.valueOf(wheel.getFileName()), digest, Files.size(wheel), bundles)
                .sbom(digest, sbom(digest))
                .sbom(platform, sbom(platform))
                .signer(signer.checkKey())
                .write(signer, Files.createDirectory(folder.resolve("scratch")), folder.resolve("evidence.tar"));
    }

    private void sign(Digest digest, PredicateType type) throws Exception {
        ImageRef image = new ImageRef(registry.address() + "/team/app", digest, true);
        if (type == PredicateType.SIGNATURE) {
            signer.sign(image);
        } else {
            signer.attest(image, type, predicate(type, digest));
        }
    }

    private Path predicate(PredicateType type, Digest digest) throws Exception {
        return switch (type) {
            case CYCLONEDX -> sbom(digest).cycloneDx();
            case SPDX -> sbom(digest).spdx();
            case VULNERABILITIES -> {
                Verdict verdict = new Verdict(
                        new ImageSubject(registry.address() + "/team/app", digest, Set.of()),
                        Policy.DEFAULT,
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of());
                yield Files.write(
                        folder.resolve("report.json"),
                        new VulnerabilityReport(verdict, "osv-scanner", NOW, NOW, NOW).predicate());
            }
            default -> Files.writeString(folder.resolve("provenance.json"), "{\"buildDefinition\": {}}");
        };
    }

    private Sbom sbom(Digest digest) throws Exception {
        String hex = digest.value().substring(7);
        return new Sbom(
                new FileToScan(wheel, digest),
                Files.writeString(folder.resolve(hex + ".cdx"), "{\"bomFormat\": \"CycloneDX\", \"version\": 1}"),
                Files.writeString(folder.resolve(hex + ".spdx"), "{\"spdxVersion\": \"SPDX-2.3\"}"));
    }

    @Override
    public void close() {
        registry.close();
    }
}
