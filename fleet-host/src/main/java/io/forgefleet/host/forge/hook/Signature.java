package io.forgefleet.host.forge.hook;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The headers that Forgejo signs and names a delivery with: its own, and those of Gitea, Gogs and GitHub. */
final class Signature {

    private Signature() {}

    static Map<String, String> headers(String id, String event, String type, String secret, byte[] body) {
        String sha256 = hmac("HmacSHA256", secret, body);
        Map<String, String> headers = new TreeMap<>();
        for (String brand : new String[] {"Forgejo", "Gitea", "Gogs"}) {
            headers.put("X-" + brand + "-Delivery", id);
            headers.put("X-" + brand + "-Event", event);
            headers.put("X-" + brand + "-Event-Type", type);
            headers.put("X-" + brand + "-Signature", sha256);
        }
        headers.put("X-GitHub-Delivery", id);
        headers.put("X-GitHub-Event", event);
        headers.put("X-GitHub-Event-Type", type);
        headers.put("X-Hub-Signature", "sha1=" + hmac("HmacSHA1", secret, body));
        headers.put("X-Hub-Signature-256", "sha256=" + sha256);
        return headers;
    }

    private static String hmac(String algorithm, String secret, byte[] body) {
        try {
            Mac mac = Mac.getInstance(algorithm);
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), algorithm));
            return HexFormat.of().formatHex(mac.doFinal(body));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no " + algorithm, e);
        }
    }
}
