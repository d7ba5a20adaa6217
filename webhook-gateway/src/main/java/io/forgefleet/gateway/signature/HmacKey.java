package io.forgefleet.gateway.signature;

import java.nio.ByteBuffer;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** A key for HMAC-SHA256. Thread-safe. */
final class HmacKey {

    static final int LENGTH = 32;
    private static final String ALGORITHM = "HmacSHA256";

    private static final ThreadLocal<Mac> MAC = ThreadLocal.withInitial(() -> {
        try {
            return Mac.getInstance(ALGORITHM);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
        }
    });

    private final SecretKeySpec key;

    HmacKey(byte[] key) {
        this.key = new SecretKeySpec(key, ALGORITHM);
    }

    /** Whether the given bytes are the HMAC of prefix and content; takes equally long for each wrong value. */
    boolean made(byte[] given, byte[] prefix, ByteBuffer content) {
        Mac mac = MAC.get();
        try {
            mac.init(key);
        } catch (InvalidKeyException e) {
            throw new IllegalStateException("a key that was made for " + ALGORITHM + " does not fit it", e);
        }
        mac.update(prefix);
        mac.update(content.duplicate());
        return MessageDigest.isEqual(given, mac.doFinal());
    }
}
