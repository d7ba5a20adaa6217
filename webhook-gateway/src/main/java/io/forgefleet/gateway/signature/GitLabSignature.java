package io.forgefleet.gateway.signature;

import io.vertx.core.MultiMap;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * GitLab's two ways: a signature by the specification "Standard Webhooks" under a signing token ({@code whsec_…}), or the
 * secret itself in a header. Where a signature is sent it alone counts, and a signing token is never taken as the secret
 * in the header.
 */
final class GitLabSignature implements SignatureVerifier {

    private static final String SIGNING_TOKEN = "whsec_";
    private static final String SCHEME = "v1,";

    /** Standard Webhooks lets a receiver choose; five minutes are its libraries' choice. */
    private static final Duration WINDOW = Duration.ofMinutes(5);

    private static final int MOST_SIGNATURES = 16;
    private static final int LEAST_KEY_BYTES = 24;

    private final List<Signing> signings = new ArrayList<>();
    private final List<WebhookSecret> tokens = new ArrayList<>();
    private final InstantSource clock;

    private record Signing(WebhookSecret secret, HmacKey key) {}

    GitLabSignature(List<WebhookSecret> secrets, InstantSource clock) {
        this.clock = clock;
        for (WebhookSecret secret : secrets) {
            if (secret.value().startsWith(SIGNING_TOKEN)) {
                signings.add(new Signing(secret, new HmacKey(key(secret.value()))));
            } else {
                tokens.add(secret);
            }
        }
    }

    private static byte[] key(String token) {
        byte[] key = decode(token.substring(SIGNING_TOKEN.length()));
        if (key == null || key.length < LEAST_KEY_BYTES) {
            throw new IllegalArgumentException("a secret that begins with " + SIGNING_TOKEN
                    + " must go on with at least " + LEAST_KEY_BYTES + " bytes in Base64, as GitLab shows it");
        }
        return key;
    }

    @Override
    public List<WebhookSecret> signers(MultiMap headers, ByteBuffer signed) {
        String signatures = headers.get("webhook-signature");
        return signatures != null ? bySignature(headers, signatures, signed) : byToken(headers);
    }

    private List<WebhookSecret> byToken(MultiMap headers) {
        String given = headers.get("X-Gitlab-Token");
        if (given == null) {
            return List.of();
        }
        byte[] bytes = given.getBytes(StandardCharsets.UTF_8);
        return tokens.stream()
                .filter(token -> MessageDigest.isEqual(bytes, token.value().getBytes(StandardCharsets.UTF_8)))
                .toList();
    }

    private List<WebhookSecret> bySignature(MultiMap headers, String signatures, ByteBuffer signed) {
        String id = headers.get("webhook-id");
        String timestamp = headers.get("webhook-timestamp");
        if (id == null || id.isEmpty() || timestamp == null || !isNow(timestamp)) {
            return List.of();
        }
        byte[] prefix = (id + "." + timestamp + ".").getBytes(StandardCharsets.UTF_8);
        List<byte[]> given = Stream.of(signatures.split(" ", MOST_SIGNATURES + 1))
                .limit(MOST_SIGNATURES)
                .filter(each -> each.startsWith(SCHEME))
                .flatMap(each -> Stream.ofNullable(decode(each.substring(SCHEME.length()))))
                .toList();
        return signings.stream()
                .filter(signing -> given.stream().anyMatch(each -> signing.key().made(each, prefix, signed)))
                .map(Signing::secret)
                .toList();
    }

    private boolean isNow(String timestamp) {
        try {
            long seconds = Long.parseLong(timestamp);
            long now = clock.instant().getEpochSecond();
            return seconds >= now - WINDOW.toSeconds() && seconds <= now + WINDOW.toSeconds();
        } catch (NumberFormatException e) {
            return false;
        }
    }

    private static byte @Nullable [] decode(String base64) {
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    @Override
    public boolean signsDecodedForm() {
        return false;
    }
}
