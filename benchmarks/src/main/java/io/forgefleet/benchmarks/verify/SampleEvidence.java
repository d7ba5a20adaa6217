package io.forgefleet.benchmarks.verify;

import io.forgefleet.clients.registry.DockerCredentials;
import io.forgefleet.clients.registry.Registry;
import io.forgefleet.clients.scan.FileToScan;
import io.forgefleet.clients.scan.Sbom;
import io.forgefleet.clients.sign.ImageRef;
import io.forgefleet.clients.sign.Passphrase;
import io.forgefleet.clients.sign.PredicateType;
import io.forgefleet.clients.sign.SignException;
import io.forgefleet.clients.sign.Signer;
import io.forgefleet.clients.sign.SigningKey;
import io.forgefleet.clients.sign.cosign.CosignSigner;
import io.forgefleet.clients.sign.cosign.CosignTool;
import io.forgefleet.clients.tool.ToolPaths;
import io.forgefleet.events.image.Digest;
import io.forgefleet.events.wire.Json;
import io.forgefleet.host.registry.LocalRegistry;
import io.forgefleet.host.registry.SmallImages;
import io.forgefleet.work.evidence.EvidenceWriter;
import io.forgefleet.work.evidence.Required;
import io.forgefleet.work.evidence.proof.AttachedBundles;
import io.forgefleet.work.evidence.statement.VulnerabilityReport;
import io.forgefleet.work.gate.ImageSubject;
import io.forgefleet.work.gate.Policy;
import io.forgefleet.work.gate.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Evidence of an image on two platforms and a wheel, with SBOMs as large as those of real images. */
final class SampleEvidence {

    private final Path folder;
    private final int packages;
    private final Signer signer;

    /**
     * @param folder an empty one
     * @param packages in each SBOM
     */
    SampleEvidence(Path folder, int packages) throws IOException, InterruptedException {
        this.folder = folder;
        this.packages = packages;
        ProcessBuilder generate = new ProcessBuilder("cosign", "generate-key-pair");
        generate.environment().put("COSIGN_PASSWORD", "");
        if (generate.directory(folder.toFile()).start().waitFor() != 0) {
            throw new IOException("cosign generate-key-pair failed");
        }
        CosignTool tool = new CosignTool(
                new ToolPaths(Map.of(), System.getenv("PATH"), folder), System.getenv(), Duration.ofMinutes(1));
        this.signer = new CosignSigner(tool, new SigningKey.KeyFile(key("key"), Passphrase.NONE));
    }

    Path key(String suffix) {
        return folder.resolve("cosign." + suffix);
    }

    Path write() throws Exception {
        Path tar = folder.resolve("evidence.tar");
        try (LocalRegistry process = LocalRegistry.start(folder.resolve("registry"), 0)) {
            SmallImages images = new SmallImages(process.address(), "team/app");
            Map<String, String> pushed = new LinkedHashMap<>();
            for (String platform : List.of("linux/amd64", "linux/arm64")) {
                pushed.put(platform, images.push(folder, platform, SmallImages.python("jinja2", "3.1.4")));
            }
            Digest index = new Digest(images.index(pushed));
            EvidenceWriter writer = new EvidenceWriter("team/app 1.0.0");
            sign(new ImageRef(process.address() + "/team/app", index, true), Required.OF_INDEX);
            for (String each : Set.copyOf(pushed.values())) {
                Digest digest = new Digest(each);
                sign(new ImageRef(process.address() + "/team/app", digest, true), Required.OF_CONTENT);
                writer.sbom(digest, sbom(digest));
            }
            Registry registry = new Registry(
                    process.address(),
                    true,
                    new DockerCredentials(folder.resolve("none.json"), Map.of()),
                    Duration.ofSeconds(20));
            writer.image(new AttachedBundles(registry), process.address(), "team/app", index);
            wheel(writer);
            writer.write(signer, Files.createDirectory(folder.resolve("scratch")), tar);
        }
        return tar;
    }

    private void wheel(EvidenceWriter writer) throws IOException, SignException, InterruptedException {
        Path wheel = Files.writeString(folder.resolve("app.whl"), "a wheel");
        Digest digest = Digest.of(Files.readAllBytes(wheel));
        List<Path> bundles = new ArrayList<>();
        for (PredicateType each : Required.OF_CONTENT) {
            Path bundle = folder.resolve(each + ".sigstore.json");
            bundles.add(bundle);
            if (each == PredicateType.SIGNATURE) {
                signer.signBlob(wheel, bundle);
            } else {
                signer.attestBlob(wheel, each, predicate(each, digest), bundle);
            }
        }
        writer.artifact("app.whl", digest, Files.size(wheel), bundles).sbom(digest, sbom(digest));
    }

    private void sign(ImageRef image, List<PredicateType> types)
            throws IOException, SignException, InterruptedException {
        for (PredicateType each : types) {
            if (each == PredicateType.SIGNATURE) {
                signer.sign(image);
            } else {
                signer.attest(image, each, predicate(each, image.digest()));
            }
        }
    }

    private Path predicate(PredicateType type, Digest digest) throws IOException {
        return switch (type) {
            case CYCLONEDX -> sbom(digest).cycloneDx();
            case SPDX -> sbom(digest).spdx();
            case VULNERABILITIES -> {
                ImageSubject subject = new ImageSubject("registry.example/team/app", digest, Set.of());
                Verdict verdict = new Verdict(
                        subject, Policy.DEFAULT, List.of(), List.of(), List.of(), List.of(), List.of(), List.of());
                Instant now = Instant.EPOCH;
                yield Files.write(
                        folder.resolve("report.json"),
                        new VulnerabilityReport(verdict, "osv-scanner", now, now, now).predicate());
            }
            default -> Files.writeString(folder.resolve("provenance.json"), "{\"buildDefinition\": {}}");
        };
    }

    private Sbom sbom(Digest digest) throws IOException {
        List<Map<String, String>> components = new ArrayList<>();
        for (int i = 0; i < packages; i++) {
            components.add(Map.of(
                    "name", "package-" + i,
                    "version", "1." + i,
                    "purl", "pkg:deb/debian/package-" + i + "@1." + i + "?arch=amd64&distro=debian-12",
                    "cpe", ("cpe:2.3:a:package-" + i + ":package-" + i + ":1." + i + ":*:*:*:*:*:*:*;").repeat(20)));
        }
        String hex = digest.value().substring("sha256:".length());
        return new Sbom(
                new FileToScan(folder.resolve("app.whl"), digest),
                Files.write(
                        folder.resolve(hex + ".cdx.json"),
                        Json.write(Map.of("bomFormat", "CycloneDX", "components", components))),
                Files.write(
                        folder.resolve(hex + ".spdx.json"),
                        Json.write(Map.of("spdxVersion", "SPDX-2.3", "packages", components))));
    }
}
