package io.forgefleet.work.evidence;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.registry.Manifest;
import io.forgefleet.clients.registry.Registry;
import io.forgefleet.clients.scan.Sbom;
import io.forgefleet.clients.sign.SignException;
import io.forgefleet.clients.sign.Signer;
import io.forgefleet.clients.sign.Trust;
import io.forgefleet.events.image.Digest;
import io.forgefleet.work.evidence.EvidenceManifest.Artifact;
import io.forgefleet.work.evidence.EvidenceManifest.Entry;
import io.forgefleet.work.evidence.EvidenceManifest.Image;
import io.forgefleet.work.evidence.proof.AttachedBundles;
import io.forgefleet.work.evidence.proof.SignedBundle;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Gathers the evidence of one release and writes it as {@code evidence.tar}. For one thread. */
public final class EvidenceWriter {

    private static final int SHORT = 16;

    private final String release;
    private final List<Image> images = new ArrayList<>();
    private final List<Artifact> artifacts = new ArrayList<>();
    private final Map<String, byte[]> content = new TreeMap<>();
    private final Map<String, Entry> entries = new TreeMap<>();

    /** @param release its name, for people: {@code team/app 1.2.0} */
    public EvidenceWriter(String release) {
        this.release = release;
    }

    /**
     * Adds an image with all its platforms, and everything signed that lies beside each of them in the registry.
     *
     * @param attached to the images of this registry
     * @param host of the registry, as people know it
     * @param repository path of the repository in it
     * @param digest of the index, or of the only image
     */
    public EvidenceWriter image(AttachedBundles attached, String host, String repository, Digest digest)
            throws ClientException, InterruptedException {
        Registry registry = attached.registry();
        images.add(new Image(host + "/" + repository, digest));
        List<Digest> all = new ArrayList<>(List.of(digest));
        registry.get(repository, digest.value()).images().forEach(each -> all.add(each.digest()));
        for (Digest each : all) {
            Manifest manifest = registry.get(repository, each.value());
            add("manifests/" + hex(each) + ".json", manifest.bytes(), Role.IMAGE_MANIFEST, each);
            for (SignedBundle bundle : attached.of(repository, each)) {
                bundle(each, bundle.json());
            }
        }
        return this;
    }

    /**
     * Adds a file that is released; it itself stays outside.
     *
     * @param bundles its signature and attestations, as Sigstore bundles
     */
    public EvidenceWriter artifact(String name, Digest digest, long size, List<Path> bundles) throws IOException {
        artifacts.add(new Artifact(name, digest, size));
        for (Path each : bundles) {
            bundle(digest, Files.readAllBytes(each));
        }
        return this;
    }

    /** Adds the SBOMs of the image of a platform, or of a file. */
    public EvidenceWriter sbom(Digest about, Sbom sbom) throws IOException {
        add("sboms/" + hex(about) + ".cdx.json", Files.readAllBytes(sbom.cycloneDx()), Role.SBOM_CYCLONEDX, about);
        add("sboms/" + hex(about) + ".spdx.json", Files.readAllBytes(sbom.spdx()), Role.SBOM_SPDX, about);
        return this;
    }

    /**
     * Adds a report, SARIF or for people.
     *
     * @param name of a file: {@code scan.sarif}
     */
    public EvidenceWriter report(String name, Digest about, byte[] report) {
        add("reports/" + hex(about).substring(0, SHORT) + "-" + name, report, Role.REPORT, about);
        return this;
    }

    /** Adds whom it can be verified by. */
    public EvidenceWriter signer(Trust trust) {
        switch (trust) {
            case Trust.Key key -> add("cosign.pub", key.pem().getBytes(StandardCharsets.UTF_8), Role.SIGNER, null);
            case Trust.Certificate certificate ->
                add(
                        "identity.txt",
                        (certificate.identity() + "\n" + certificate.issuer() + "\n").getBytes(StandardCharsets.UTF_8),
                        Role.SIGNER,
                        null);
        }
        return this;
    }

    /**
     * Signs what was gathered and writes it. But for the signature on its manifest, the same evidence gives the same bytes.
     *
     * @param scratch a folder for a moment, there already
     * @param tar appears whole or not at all
     */
    public void write(Signer signer, Path scratch, Path tar) throws IOException, SignException, InterruptedException {
        byte[] manifest = new EvidenceManifest(
                        EvidenceManifest.VERSION, release, images, artifacts, List.copyOf(entries.values()))
                .json();
        Path file = Files.write(scratch.resolve(EvidenceManifest.NAME), manifest);
        Path bundle = scratch.resolve(EvidenceManifest.SIGNATURE);
        try {
            signer.signBlob(file, bundle);
            Map<String, byte[]> files = new LinkedHashMap<>();
            files.put(EvidenceManifest.NAME, manifest);
            files.put(EvidenceManifest.SIGNATURE, Files.readAllBytes(bundle));
            files.putAll(content);
            EvidenceTar.write(files, tar);
        } finally {
            Files.deleteIfExists(file);
            Files.deleteIfExists(bundle);
        }
    }

    private void bundle(Digest about, byte[] json) {
        add(
                "bundles/" + hex(about).substring(0, SHORT) + "-"
                        + hex(Digest.of(json)).substring(0, SHORT) + ".sigstore.json",
                json,
                Role.BUNDLE,
                about);
    }

    private void add(String name, byte[] bytes, Role role, @Nullable Digest about) {
        if (!EvidenceManifest.isSafe(name)) {
            throw new IllegalArgumentException("a plain name of a file was expected: " + name);
        }
        content.put(name, bytes);
        entries.put(name, new Entry(name, Digest.of(bytes), bytes.length, role, about));
    }

    private static String hex(Digest digest) {
        return digest.value().substring("sha256:".length());
    }
}
