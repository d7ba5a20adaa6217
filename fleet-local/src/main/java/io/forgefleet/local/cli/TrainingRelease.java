package io.forgefleet.local.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.forgefleet.clients.scan.FileToScan;
import io.forgefleet.clients.scan.Sbom;
import io.forgefleet.clients.sign.ImageRef;
import io.forgefleet.clients.sign.PredicateType;
import io.forgefleet.clients.sign.SignException;
import io.forgefleet.clients.sign.Signer;
import io.forgefleet.clients.sign.Trust;
import io.forgefleet.events.image.Digest;
import io.forgefleet.events.wire.Json;
import io.forgefleet.work.evidence.EvidenceWriter;
import io.forgefleet.work.evidence.Required;
import io.forgefleet.work.evidence.statement.Statement;
import io.forgefleet.work.evidence.statement.VulnerabilityReport;
import io.forgefleet.work.gate.ImageSubject;
import io.forgefleet.work.gate.Policy;
import io.forgefleet.work.gate.Verdict;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;

/** A file and the evidence of it, signed by a key of the moment and without any tool, so that verifying can be trained for. */
final class TrainingRelease implements Signer {

    private final Path folder;
    private final KeyPair pair;

    /** @param folder for its files; there already */
    TrainingRelease(Path folder) throws GeneralSecurityException {
        this.folder = folder;
        KeyPairGenerator keys = KeyPairGenerator.getInstance("EC");
        keys.initialize(new ECGenParameterSpec("secp256r1"));
        this.pair = keys.generateKeyPair();
    }

    /** Whom it verifies by. */
    Path key() throws IOException {
        return Files.writeString(folder.resolve("training.pub"), checkKey().pem());
    }

    Path evidence() throws IOException, SignException, InterruptedException {
        Path file = Files.writeString(folder.resolve("training.txt"), "released");
        Path said = Files.writeString(folder.resolve("said.json"), "{\"packages\": [{\"name\": \"released\"}]}");
        Digest digest = Digest.of(Files.readAllBytes(file));
        List<Path> bundles = new ArrayList<>();
        for (PredicateType type : Required.OF_CONTENT) {
            Path bundle = folder.resolve(type + ".sigstore.json");
            bundles.add(bundle);
            if (type == PredicateType.SIGNATURE) {
                signBlob(file, bundle);
            } else {
                attestBlob(file, type, type == PredicateType.VULNERABILITIES ? report(digest) : said, bundle);
            }
        }
        Path tar = folder.resolve("evidence.tar");
        new EvidenceWriter("training")
                .artifact("training.txt", digest, Files.size(file), bundles)
                .sbom(digest, new Sbom(new FileToScan(file, digest), said, said))
                .write(this, folder, tar);
        return tar;
    }

    private Path report(Digest digest) throws IOException {
        Verdict nothing = new Verdict(
                new ImageSubject("training.txt", digest, Set.of()),
                Policy.DEFAULT,
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of());
        Instant ever = Instant.EPOCH;
        return Files.write(
                folder.resolve("report.json"),
                new VulnerabilityReport(nothing, "training", null, ever, ever).predicate());
    }

    @Override
    public Trust.Key checkKey() {
        return new Trust.Key("-----BEGIN PUBLIC KEY-----\n"
                + Base64.getMimeEncoder().encodeToString(pair.getPublic().getEncoded())
                + "\n-----END PUBLIC KEY-----\n");
    }

    @Override
    public void signBlob(Path blob, Path bundle) {
        write(bundle, root -> {
            byte[] file = Files.readAllBytes(blob);
            ObjectNode message = root.putObject("messageSignature");
            message.putObject("messageDigest")
                    .put("algorithm", "SHA2_256")
                    .put("digest", Digest.sha256().digest(file));
            message.put("signature", signature(file));
        });
    }

    @Override
    public void attestBlob(Path blob, PredicateType type, Path predicate, Path bundle) {
        write(bundle, root -> {
            String hex = Digest.of(Files.readAllBytes(blob)).value().substring("sha256:".length());
            ObjectNode statement = Json.mapper().createObjectNode().put("_type", "https://in-toto.io/Statement/v1");
            statement.putArray("subject").addObject().putObject("digest").put("sha256", hex);
            statement.put("predicateType", type.uri());
            statement.set("predicate", Json.mapper().readTree(Files.readAllBytes(predicate)));
            byte[] payload = Json.write(statement);
            String before = "DSSEv1 " + Statement.PAYLOAD_TYPE.length() + " " + Statement.PAYLOAD_TYPE + " "
                    + payload.length + " ";
            ObjectNode envelope =
                    root.putObject("dsseEnvelope").put("payload", payload).put("payloadType", Statement.PAYLOAD_TYPE);
            envelope.putArray("signatures")
                    .addObject()
                    .put("sig", signature(before.getBytes(StandardCharsets.UTF_8), payload));
        });
    }

    @FunctionalInterface
    private interface Content {
        void into(ObjectNode root) throws IOException, GeneralSecurityException;
    }

    private static void write(Path bundle, Content content) {
        ObjectNode root =
                Json.mapper().createObjectNode().put("mediaType", "application/vnd.dev.sigstore.bundle.v0.3+json");
        root.putObject("verificationMaterial").putObject("publicKey").put("hint", "");
        try {
            content.into(root);
            Files.write(bundle, Json.write(root));
        } catch (IOException e) {
            throw new UncheckedIOException("a file for training could not be written", e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK cannot sign with ECDSA", e);
        }
    }

    private byte[] signature(byte[]... of) throws GeneralSecurityException {
        Signature signing = Signature.getInstance("SHA256withECDSA");
        signing.initSign(pair.getPrivate());
        for (byte[] each : of) {
            signing.update(each);
        }
        return signing.sign();
    }

    @Override
    public void sign(ImageRef image) {
        throw new UnsupportedOperationException("a release for training has files only");
    }

    @Override
    public void attest(ImageRef image, PredicateType type, Path predicate) {
        throw new UnsupportedOperationException("a release for training has files only");
    }
}
