package io.forgefleet.work.evidence.proof;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.forgefleet.events.image.Digest;
import io.forgefleet.events.wire.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** Something signed, as a Sigstore bundle (JSON) has it. Nothing of it is verified yet. Immutable; its bytes are not copied. */
public final class SignedBundle {

    /** Media type that bundles begin with, whatever their version. */
    static final String MEDIA_TYPE = "application/vnd.dev.sigstore.bundle";

    /** What cosign 2 signs for an image; bundles of ours hold that with its signature. */
    static final String SIMPLE_SIGNING = "application/vnd.dev.cosign.simplesigning.v1+json";

    private static final String ENVELOPE = "dsseEnvelope";
    private static final String PAYLOAD = "payload";

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

        /** What stands before the payload in what is signed in truth: DSSE's pre-authentication encoding. */
        byte[] preamble() {
            int length = payloadType.getBytes(StandardCharsets.UTF_8).length;
            return ("DSSEv1 " + length + " " + payloadType + " " + payload.length + " ")
                    .getBytes(StandardCharsets.UTF_8);
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
        JsonNode root = tree(json);
        String type = root.path("mediaType").asText("");
        if (!(type.startsWith(MEDIA_TYPE) || type.equals(SIMPLE_SIGNING))) {
            throw new IOException("it is no Sigstore bundle");
        }
        JsonNode material = root.path("verificationMaterial");
        boolean certified = material.has("certificate") || material.has("x509CertificateChain");
        if (type.equals(SIMPLE_SIGNING)) {
            return new SignedBundle(json, new SimpleSigning(bytes(root, PAYLOAD), bytes(root, "signature")), certified);
        }
        JsonNode envelope = root.path(ENVELOPE);
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
        bundle.set(ENVELOPE, Json.mapper().readTree(envelope));
        return read(Json.write(bundle));
    }

    /** A signature that lies in a registry by itself, as cosign 2 leaves it. */
    static SignedBundle ofSimpleSigning(byte[] payload, String signature) throws IOException {
        ObjectNode bundle = Json.mapper().createObjectNode();
        bundle.put("mediaType", SIMPLE_SIGNING).put(PAYLOAD, payload).put("signature", signature);
        return read(Json.write(bundle));
    }

    private static ObjectNode tree(byte[] json) throws IOException {
        try (JsonParser in = Json.mapper().createParser(json)) {
            if (in.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException("it is no JSON object");
            }
            ObjectNode tree = object(in);
            if (in.nextToken() != null) {
                throw new IOException("something follows after it");
            }
            return tree;
        }
    }

    /** A tree, but for what is signed: that is large, and its Base64 is decoded where it lies. */
    private static ObjectNode object(JsonParser in) throws IOException {
        ObjectNode tree = Json.mapper().createObjectNode();
        while (in.nextToken() == JsonToken.FIELD_NAME) {
            String name = in.currentName();
            JsonToken value = in.nextToken();
            if (name.equals(PAYLOAD) && value == JsonToken.VALUE_STRING) {
                tree.put(name, in.getBinaryValue());
            } else if (name.equals(ENVELOPE) && value == JsonToken.START_OBJECT) {
                tree.set(name, object(in));
            } else {
                tree.set(name, in.<JsonNode>readValueAsTree());
            }
        }
        return tree;
    }

    private static Content envelope(JsonNode envelope) throws IOException {
        List<byte[]> signatures = new ArrayList<>();
        for (JsonNode each : envelope.path("signatures")) {
            signatures.add(bytes(each, "sig"));
        }
        return new Envelope(envelope.path("payloadType").asText(""), bytes(envelope, PAYLOAD), signatures);
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
        JsonNode value = node.path(field);
        try {
            byte[] bytes = value.isTextual() || value.isBinary() ? value.binaryValue() : null;
            return bytes == null ? new byte[0] : bytes;
        } catch (IOException e) {
            throw new IOException("its " + field + " is not Base64", e);
        }
    }
}
