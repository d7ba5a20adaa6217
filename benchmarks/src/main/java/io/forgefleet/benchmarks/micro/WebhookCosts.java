package io.forgefleet.benchmarks.micro;

import io.forgefleet.benchmarks.intake.SignedPush;
import io.forgefleet.events.ForgeKind;
import io.forgefleet.gateway.payload.PayloadParser;
import io.forgefleet.gateway.payload.Reading;
import io.forgefleet.gateway.signature.SignatureVerifier;
import io.forgefleet.gateway.signature.WebhookSecret;
import io.vertx.core.MultiMap;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** A push webhook of 8 KB in GitHub's form. */
@State(Scope.Benchmark)
public class WebhookCosts {

    private final byte[] body = SignedPush.body();
    private final MultiMap headers = MultiMap.caseInsensitiveMultiMap()
            .add("X-GitHub-Event", "push")
            .add("X-GitHub-Delivery", "00000000-0000-4000-8000-000000000001")
            .add("X-Hub-Signature-256", SignedPush.signature(body));
    private final SignatureVerifier verifier = SignatureVerifier.of(
            ForgeKind.GITHUB, List.of(WebhookSecret.ofForge(SignedPush.SECRET)), InstantSource.system());
    private final PayloadParser parser = PayloadParser.of(ForgeKind.GITHUB, SignedPush.FORGE, InstantSource.system());

    /** The signature over the body, against one live secret. */
    @Benchmark
    public List<WebhookSecret> verifySignature() {
        return verifier.signers(headers, ByteBuffer.wrap(body));
    }

    /** From bytes to the canonical event. */
    @Benchmark
    public Reading parsePayload() {
        return parser.parse(headers, ByteBuffer.wrap(body));
    }
}
