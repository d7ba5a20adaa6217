package io.forgefleet.work.evidence.proof;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.forgefleet.events.image.Digest;
import io.forgefleet.events.wire.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;

/** Something signed, as a Sigstore bundle (JSON) has it. Nothing of it is verified yet. Immutable; its bytes are not copied. */
public final class SignedBundle {

    /** Media type that bundles begin with, whatever their version. */
    static final String MEDIA_TYPE = "application/vnd.dev.sigstore.bundle";

    /** What cosign 2 signs for an image; bundles of ours hold that with its signature. */
    static final String SIMPLE_SIGNING = "application/vnd.dev.cosign.simplesigning.v1+json";

    private final byte[] json;
    private final Content content;
    private final boolean certified;

    private SignedBundle(byte[] json, Content content, boolean certified) {
        this.json = json;
        this.content = content;
        this.certified = certified;
    }

    /** The bundle itself. */
    public byte[] json() {
        return json;
    }

    /** What is signed, and the signatures. */
    Content content() {
        return content;
    }

    /** Whether a certificate comes with it, and not the hint at a key. */
    boolean certified() {
        return certified;
    }

    /** What is signed. */
    sealed interface Content {}

    /** A DSSE envelope. */
    static final class Envelope implements Content {
        final String payloadType;
        final byte[] payload;
        final List<byte[]> signatures;

        private Envelope(String payloadType, byte[] payload, List<byte[]> signatures) {
            this.payloadType = payloadType;
            this.payload = payload;
            this.signatures = List.copyOf(signatures);
        }

        /** What is signed in truth: DSSE's pre-authentication encoding. */
        byte[] signed() {
            byte[] type = payloadType.getBytes(StandardCharsets.UTF_8);
            ByteArrayOutputStream out = new ByteArrayOutputStream(payload.length + type.length + 32);
            out.writeBytes(("DSSEv1 " + type.length + " ").getBytes(StandardCharsets.US_ASCII));
            out.writeBytes(type);
            out.writeBytes((" " + payload.length + " ").getBytes(StandardCharsets.US_ASCII));
            out.writeBytes(payload);
            return out.toByteArray();
        }
    }

    /** The signature of a file, of which only the digest is here. */
    static final class Message implements Content {
        final Digest file;
        final byte[] signature;

        private Message(Digest file, byte[] signature) {
            this.file = file;
            this.signature = signature;
        }
    }

    /** The signature of an image in the older form. */
    static final class SimpleSigning implements Content {
        final byte[] payload;
        final byte[] signature;

        private SimpleSigning(byte[] payload, byte[] signature) {
            this.payload = payload;
            this.signature = signature;
        }
    }

    /**
     * Reads one.
     *
     * @throws IOException saying what is wrong with it
     */
    public static SignedBundle read(byte[] json) throws IOException {
        JsonNode root = Json.mapper().readTree(json);
        String type = root == null ? "" : root.path("mediaType").asText("");
        if (root == null || !(type.startsWith(MEDIA_TYPE) || type.equals(SIMPLE_SIGNING))) {
            throw new IOException("it is no Sigstore bundle");
        }
        JsonNode material = root.path("verificationMaterial");
        boolean certified = material.has("certificate") || material.has("x509CertificateChain");
        if (type.equals(SIMPLE_SIGNING)) {
            return new SignedBundle(
                    json, new SimpleSigning(bytes(root, "payload"), bytes(root, "signature")), certified);
        }
        JsonNode envelope = root.path("dsseEnvelope");
        JsonNode message = root.path("messageSignature");
        if (envelope.isObject() == message.isObject()) {
            throw new IOException("a bundle holds either an envelope or a signature");
        }
        return new SignedBundle(json, envelope.isObject() ? envelope(envelope) : message(message), certified);
    }

    /** An envelope that lies in a registry by itself, as cosign 2 leaves it. */
    static SignedBundle ofEnvelope(byte[] envelope) throws IOException {
        ObjectNode bundle = Json.mapper().createObjectNode();
        bundle.put("mediaType", MEDIA_TYPE + ".v0.3+json");
        bundle.putObject("verificationMaterial").putObject("publicKey").put("hint", "");
        bundle.set("dsseEnvelope", Json.mapper().readTree(envelope));
        return read(Json.write(bundle));
    }

    /** A signature that lies in a registry by itself, as cosign 2 leaves it. */
    static SignedBundle ofSimpleSigning(byte[] payload, String signature) throws IOException {
        ObjectNode bundle = Json.mapper().createObjectNode();
        bundle.put("mediaType", SIMPLE_SIGNING).put("payload", payload).put("signature", signature);
        return read(Json.write(bundle));
    }

    private static Content envelope(JsonNode envelope) throws IOException {
        List<byte[]> signatures = new ArrayList<>();
        for (JsonNode each : envelope.path("signatures")) {
            signatures.add(bytes(each, "sig"));
        }
        return new Envelope(envelope.path("payloadType").asText(""), bytes(envelope, "payload"), signatures);
    }

    private static Content message(JsonNode message) throws IOException {
        JsonNode digest = message.path("messageDigest");
        byte[] hash = bytes(digest, "digest");
        if (!digest.path("algorithm").asText("").equals("SHA2_256") || hash.length != 32) {
            throw new IOException("the signature is of no SHA-256 digest");
        }
        return new Message(new Digest("sha256:" + HexFormat.of().formatHex(hash)), bytes(message, "signature"));
    }

    private static byte[] bytes(JsonNode node, String field) throws IOException {
        String text = node.path(field).asText("");
        try {
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw new IOException("its " + field + " is not Base64", e);
        }
    }
}
