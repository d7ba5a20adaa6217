package io.forgefleet.work.evidence.proof;

import io.forgefleet.clients.sign.PredicateType;
import io.forgefleet.clients.sign.Trust;
import io.forgefleet.events.image.Digest;
import io.forgefleet.events.wire.Json;
import io.forgefleet.work.evidence.statement.Predicate;
import io.forgefleet.work.evidence.statement.Statement;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.HexFormat;
import java.util.Set;

/** By a public key, with what the JDK has: no tool, no network, no file. */
public final class KeyProver implements Prover {

    /** What PKCS#1 puts before a SHA-256 hash (RFC 8017, 9.2). */
    private static final byte[] SHA256_INFO = HexFormat.of().parseHex("3031300d060960864801650304020105000420");

    private final Trust.Key trust;
    private final PublicKey key;

    public KeyProver(Trust.Key trust) {
        this.trust = trust;
        this.key = trust.key();
    }

    @Override
    public Trust trust() {
        return trust;
    }

    @Override
    public Proof prove(SignedBundle bundle) throws UnprovenException {
        if (bundle.certified()) {
            throw new UnprovenException("it is signed by a certificate, and a key was expected");
        }
        return switch (bundle.content()) {
            case SignedBundle.Envelope envelope -> {
                if (envelope.signatures.stream().noneMatch(each -> holds(envelope, each))) {
                    throw wrong();
                }
                yield said(envelope);
            }
            case SignedBundle.Message message -> {
                if (!holds(message.file, message.signature)) {
                    throw wrong();
                }
                yield signature(message.file);
            }
            case SignedBundle.SimpleSigning simple -> {
                if (!holds(algorithm(), simple.signature, simple.payload)) {
                    throw wrong();
                }
                yield signature(subject(simple.payload));
            }
        };
    }

    /** What a verified envelope says. */
    static Proof said(SignedBundle.Envelope envelope) throws UnprovenException {
        if (!envelope.payloadType.equals(Statement.PAYLOAD_TYPE)) {
            throw new UnprovenException("it signs '" + envelope.payloadType + "', and a statement was expected");
        }
        try {
            Statement statement = Statement.read(envelope.payload);
            return new Proof(statement.predicateType(), statement.subjects(), statement.predicate());
        } catch (IOException e) {
            throw new UnprovenException("what it signs cannot be read: " + e.getMessage(), e);
        }
    }

    static Proof signature(Digest of) {
        return new Proof(PredicateType.SIGNATURE.uri(), Set.of(of), Predicate.NONE);
    }

    private static Digest subject(byte[] payload) throws UnprovenException {
        try {
            return new Digest(Json.mapper()
                    .readTree(payload)
                    .path("critical")
                    .path("image")
                    .path("docker-manifest-digest")
                    .asText(""));
        } catch (IOException | IllegalArgumentException e) {
            throw new UnprovenException("what it signs names no image", e);
        }
    }

    private UnprovenException wrong() {
        return new UnprovenException("it is not signed by " + trust.describe());
    }

    private boolean holds(SignedBundle.Envelope envelope, byte[] signature) {
        return holds(algorithm(), signature, envelope.preamble(), envelope.payload);
    }

    private String algorithm() {
        return switch (key) {
            case ECPublicKey ec -> hash(ec) + "withECDSA";
            case RSAPublicKey rsa -> "SHA256withRSA";
            default -> "Ed25519";
        };
    }

    /** The hash that goes with a curve of this size. */
    private static String hash(ECPublicKey key) {
        int bits = key.getParams().getOrder().bitLength();
        return bits <= 256 ? "SHA256" : bits <= 384 ? "SHA384" : "SHA512";
    }

    /** From the digest alone, which Ed25519 cannot do. */
    private boolean holds(Digest file, byte[] signature) {
        byte[] hash = HexFormat.of().parseHex(file.value().substring("sha256:".length()));
        if (key instanceof ECPublicKey) {
            return holds("NONEwithECDSA", signature, hash);
        }
        if (key instanceof RSAPublicKey) {
            ByteArrayOutputStream info = new ByteArrayOutputStream();
            info.writeBytes(SHA256_INFO);
            info.writeBytes(hash);
            return holds("NONEwithRSA", signature, info.toByteArray());
        }
        return false;
    }

    private boolean holds(String algorithm, byte[] signature, byte[]... signed) {
        try {
            Signature verifying = Signature.getInstance(algorithm);
            verifying.initVerify(key);
            for (byte[] each : signed) {
                verifying.update(each);
            }
            return verifying.verify(signature);
        } catch (GeneralSecurityException e) {
            return false; // a signature of another form than this key makes
        }
    }
}
