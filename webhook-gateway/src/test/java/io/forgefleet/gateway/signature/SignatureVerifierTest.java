package io.forgefleet.gateway.signature;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.forgefleet.events.ForgeKind;
import io.vertx.core.MultiMap;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SignatureVerifierTest {

    private static final Instant NOW = Instant.ofEpochSecond(1_800_000_000);
    private static final byte[] BODY = "{\"ref\":\"refs/heads/main\"}".getBytes(UTF_8);
    private static final byte[] KEY = "0123456789abcdef0123456789abcdef".getBytes(UTF_8);
    private static final String SIGNING_TOKEN = "whsec_" + Base64.getEncoder().encodeToString(KEY);

    @Test
    void acceptsThePublishedVectorOfGitHub() {
        MultiMap headers = headers(
                "X-Hub-Signature-256", "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17");
        byte[] body = "Hello, World!".getBytes(UTF_8);

        assertThat(verifier(ForgeKind.GITHUB, "It's a Secret to Everybody").signers(headers, ByteBuffer.wrap(body)))
                .hasSize(1);
    }

    /** Signed by Standard Webhooks' reference library: its published example. */
    @Test
    void acceptsThePublishedVectorOfStandardWebhooks() {
        MultiMap headers = headers("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek")
                .add("webhook-timestamp", "1614265330")
                .add("webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        SignatureVerifier verifier = SignatureVerifier.of(
                ForgeKind.GITLAB,
                List.of(WebhookSecret.ofForge("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")),
                () -> Instant.ofEpochSecond(1614265330));

        assertThat(verifier.signers(headers, ByteBuffer.wrap("{\"test\": 2432232314}".getBytes(UTF_8))))
                .hasSize(1);
    }

    @ParameterizedTest
    @EnumSource(ForgeKind.class)
    void acceptsEachLiveSecretAndNoOther(ForgeKind kind) {
        SignatureVerifier verifier = verifier(kind, "old secret", "new secret");

        assertThat(signers(verifier, signed(kind, "old secret"))).containsExactly("old secret");
        assertThat(signers(verifier, signed(kind, "new secret"))).containsExactly("new secret");
        assertThat(signers(verifier, signed(kind, "former secret"))).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(ForgeKind.class)
    void refusesEverythingWhereNoSecretIsConfigured(ForgeKind kind) {
        SignatureVerifier verifier = verifier(kind);

        assertThat(signers(verifier, signed(kind, "any"))).isEmpty();
        assertThat(signers(verifier, headers("X-Other", "x"))).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(ForgeKind.class)
    void refusesMissingAndEmptySignatures(ForgeKind kind) {
        SignatureVerifier verifier = verifier(kind, "secret");

        assertThat(signers(verifier, headers("X-Other", "x"))).isEmpty();
        for (String header : signed(kind, "secret").names()) {
            assertThat(signers(verifier, headers(header, ""))).isEmpty();
            assertThat(signers(verifier, headers(header, "sha256="))).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(ForgeKind.class)
    void rejectsSignatureOfWrongLengthOrOneOtherCharacter(ForgeKind kind) {
        SignatureVerifier verifier = verifier(kind, "secret");
        MultiMap right = signed(kind, "secret");
        for (String header : right.names()) {
            String value = right.get(header);
            Stream.of(
                            value.substring(0, value.length() - 1),
                            value.substring(0, value.length() - 2),
                            value + "0",
                            value + "00",
                            value.substring(0, value.length() - 1) + (value.endsWith("f") ? 'e' : 'f'),
                            value.substring(0, value.length() - 1) + "g",
                            value.substring(0, value.length() - 1) + "\u0666")
                    .forEach(wrong -> assertThat(signers(verifier, headers(header, wrong)))
                            .as(wrong)
                            .isEmpty());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"GITHUB", "GITEA", "FORGEJO"})
    void rejectsSignatureOfOtherBytes(ForgeKind kind) {
        SignatureVerifier verifier = verifier(kind, "secret");
        byte[] otherSpacing = "{\"ref\": \"refs/heads/main\"}".getBytes(UTF_8);

        assertThat(verifier.signers(signed(kind, "secret"), ByteBuffer.wrap(otherSpacing)))
                .isEmpty();
    }

    @Test
    void readsFromPositionToLimitAndLeavesTheBufferAsItWas() {
        byte[] padded = ("xx" + new String(BODY, UTF_8) + "yy").getBytes(UTF_8);
        ByteBuffer window = ByteBuffer.wrap(padded, 2, BODY.length);

        assertThat(verifier(ForgeKind.GITEA, "secret").signers(signed(ForgeKind.GITEA, "secret"), window))
                .hasSize(1);
        assertThat(window.remaining()).isEqualTo(BODY.length);
    }

    @Test
    void doesNotTakeSha1FromGitHub() {
        assertThat(signers(
                        verifier(ForgeKind.GITHUB, "secret"),
                        headers("X-Hub-Signature", "sha1=" + "0".repeat(40)).add("X-Hub-Signature-256", "sha256=")))
                .isEmpty();
    }

    @Test
    void takesForgejosOwnHeaderBeforeTheOneOfGitea() {
        SignatureVerifier verifier = verifier(ForgeKind.FORGEJO, "secret");
        String right = signed(ForgeKind.GITEA, "secret").get("X-Gitea-Signature");

        assertThat(signers(verifier, headers("X-Gitea-Signature", right))).hasSize(1);
        assertThat(signers(
                        verifier,
                        headers("X-Gitea-Signature", right).add("X-Forgejo-Signature", "0".repeat(2 * HmacKey.LENGTH))))
                .isEmpty();
        assertThat(signers(verifier, headers("X-Gitea-Signature", right).add("X-Forgejo-Signature", "")))
                .isEmpty();
    }

    @Test
    void signsFormsTheWayEachForgeDoes() {
        assertThat(verifier(ForgeKind.GITHUB).signsDecodedForm()).isFalse();
        assertThat(verifier(ForgeKind.GITEA).signsDecodedForm()).isTrue();
        assertThat(verifier(ForgeKind.FORGEJO).signsDecodedForm()).isTrue();
    }

    @Test
    void acceptsOneRightSignatureAmongSeveralOfGitLab() {
        MultiMap headers = standardWebhook(KEY, NOW.getEpochSecond());
        String right = headers.get("webhook-signature");
        headers.set("webhook-signature", "v1a,AAAA v1,AAAA v1,*** " + right);

        assertThat(signers(verifier(ForgeKind.GITLAB, SIGNING_TOKEN), headers)).hasSize(1);
    }

    @Test
    void boundsTheNumberOfSignaturesThatItTries() {
        MultiMap headers = standardWebhook(KEY, NOW.getEpochSecond());
        headers.set("webhook-signature", "v1,AAAA ".repeat(16) + headers.get("webhook-signature"));

        assertThat(signers(verifier(ForgeKind.GITLAB, SIGNING_TOKEN), headers)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {-301, 301, -1_000_000, 1_000_000})
    void refusesTimestampsOutsideTheWindow(long offset) {
        SignatureVerifier verifier = verifier(ForgeKind.GITLAB, SIGNING_TOKEN);

        assertThat(signers(verifier, standardWebhook(KEY, NOW.getEpochSecond() + offset)))
                .isEmpty();
        assertThat(signers(verifier, standardWebhook(KEY, NOW.getEpochSecond() + (offset > 0 ? 300 : -300))))
                .hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"webhook-id", "webhook-timestamp"})
    void refusesStandardWebhooksWithoutEachOfTheirHeaders(String header) {
        MultiMap headers = standardWebhook(KEY, NOW.getEpochSecond());

        assertThat(signers(verifier(ForgeKind.GITLAB, SIGNING_TOKEN), headers.remove(header)))
                .isEmpty();
    }

    @Test
    void signatureCoversIdAndTimestamp() {
        SignatureVerifier verifier = verifier(ForgeKind.GITLAB, SIGNING_TOKEN);
        MultiMap headers = standardWebhook(KEY, NOW.getEpochSecond());

        assertThat(signers(verifier, headers.set("webhook-id", "another"))).isEmpty();
    }

    @Test
    void neverFallsBackToTheTokenWhereASignatureIsSent() {
        SignatureVerifier verifier = verifier(ForgeKind.GITLAB, "token", SIGNING_TOKEN);
        MultiMap wrong = standardWebhook(new byte[32], NOW.getEpochSecond()).add("X-Gitlab-Token", "token");

        assertThat(signers(verifier, wrong)).isEmpty();
        assertThat(signers(verifier, headers("X-Gitlab-Token", "token").add("webhook-signature", "")))
                .isEmpty();
        assertThat(signers(verifier, headers("X-Gitlab-Token", "token"))).containsExactly("token");
    }

    @Test
    void doesNotTakeTheSigningTokenItselfAsProof() {
        assertThat(signers(verifier(ForgeKind.GITLAB, SIGNING_TOKEN), headers("X-Gitlab-Token", SIGNING_TOKEN)))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"whsec_", "whsec_AAAA", "whsec_not base64 at all, but long enough to be a key of it"})
    void refusesSigningTokensThatAreNone(String token) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> verifier(ForgeKind.GITLAB, token))
                .withMessageContaining("whsec_ must go on with");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " "})
    void refusesEmptySecrets(String secret) {
        assertThatIllegalArgumentException().isThrownBy(() -> WebhookSecret.ofForge(secret));
    }

    @Test
    void printsNoSecret() {
        assertThat(WebhookSecret.ofForge("hunter2")).asString().doesNotContain("hunter2");
    }

    private static SignatureVerifier verifier(ForgeKind kind, String... secrets) {
        return SignatureVerifier.of(
                kind, Stream.of(secrets).map(WebhookSecret::ofForge).toList(), InstantSource.fixed(NOW));
    }

    private static List<String> signers(SignatureVerifier verifier, MultiMap headers) {
        return verifier.signers(headers, ByteBuffer.wrap(BODY)).stream()
                .map(WebhookSecret::value)
                .toList();
    }

    private static MultiMap signed(ForgeKind kind, String secret) {
        String hex = HexFormat.of().formatHex(hmac(secret.getBytes(UTF_8), BODY));
        return switch (kind) {
            case GITHUB -> headers("X-Hub-Signature-256", "sha256=" + hex);
            case GITEA -> headers("X-Gitea-Signature", hex);
            case FORGEJO -> headers("X-Forgejo-Signature", hex);
            case GITLAB -> headers("X-Gitlab-Token", secret);
        };
    }

    private static MultiMap standardWebhook(byte[] key, long timestamp) {
        String signed = "msg_1." + timestamp + "." + new String(BODY, UTF_8);
        return headers("webhook-id", "msg_1")
                .add("webhook-timestamp", String.valueOf(timestamp))
                .add(
                        "webhook-signature",
                        "v1," + Base64.getEncoder().encodeToString(hmac(key, signed.getBytes(UTF_8))));
    }

    private static MultiMap headers(String name, String value) {
        return MultiMap.caseInsensitiveMultiMap().add(name, value);
    }

    private static byte[] hmac(byte[] key, byte[] content) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(content);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
