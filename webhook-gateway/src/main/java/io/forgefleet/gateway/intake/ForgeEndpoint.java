package io.forgefleet.gateway.intake;

import io.forgefleet.events.ForgeEvent;
import io.forgefleet.events.ForgeKind;
import io.forgefleet.events.RepositoryId;
import io.forgefleet.gateway.payload.PayloadParser;
import io.forgefleet.gateway.payload.Reading;
import io.forgefleet.gateway.signature.SignatureVerifier;
import io.forgefleet.gateway.signature.WebhookSecret;
import io.vertx.core.MultiMap;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Where one configured forge sends its webhooks. Thread-safe. */
public final class ForgeEndpoint {

    private final String name;
    private final ForgeKind kind;
    private final SignatureVerifier verifier;
    private final PayloadParser parser;
    private final Predicate<RepositoryId> configured;

    /**
     * An endpoint.
     *
     * @param name the forge's name in the configuration, and the last part of the endpoint's path
     * @param secrets the live secrets; with none, every delivery is refused
     * @param configured which repositories are of interest
     * @param clock the time of events, and what signed timestamps are compared with
     * @throws IllegalArgumentException when a secret cannot be one; the message does not hold it
     */
    public ForgeEndpoint(
            String name,
            ForgeKind kind,
            List<WebhookSecret> secrets,
            Predicate<RepositoryId> configured,
            InstantSource clock) {
        this.name = name;
        this.kind = kind;
        this.verifier = SignatureVerifier.of(kind, secrets, clock);
        this.parser = PayloadParser.of(kind, name, clock);
        this.configured = configured;
    }

    String name() {
        return name;
    }

    boolean takesForms() {
        return kind != ForgeKind.GITLAB;
    }

    /** The id of a delivery, for logs; whoever sends it can choose it. */
    @Nullable
    String deliveryId(MultiMap headers) {
        return headers.get(
                switch (kind) {
                    case GITHUB -> "X-GitHub-Delivery";
                    case GITEA -> "X-Gitea-Delivery";
                    case FORGEJO -> "X-Forgejo-Delivery";
                    case GITLAB -> "X-Gitlab-Webhook-UUID";
                });
    }

    /**
     * The event that a delivery tells of: signature first, then the payload.
     *
     * @param body the body, unpacked; overwritten where it is a form
     */
    ForgeEvent read(MultiMap headers, ByteBuffer body, boolean form) throws Refusal {
        ByteBuffer json = form && verifier.signsDecodedForm() ? FormPayload.decode(body) : body;
        List<WebhookSecret> signers = json == null ? List.of() : verifier.signers(headers, json);
        if (signers.isEmpty() || json == null) {
            throw unsigned();
        }
        if (form && !verifier.signsDecodedForm()) {
            json = FormPayload.decode(body);
        }
        if (json == null) {
            throw new Refusal(Outcome.MALFORMED, "a form with the field payload");
        }
        ForgeEvent event =
                switch (parser.parse(headers, json)) {
                    case Reading.Event read -> read.event();
                    case Reading.Ignored ignored -> throw new Refusal(Outcome.IGNORED, ignored.why());
                    case Reading.Malformed malformed ->
                        throw new Refusal(Outcome.MALFORMED, malformed.pointer(), malformed.expected());
                };
        if (signers.stream().noneMatch(secret -> secret.scope().test(event.repository()))) {
            throw unsigned();
        }
        if (!configured.test(event.repository())) {
            throw new Refusal(Outcome.IGNORED, "the repository is not configured");
        }
        return event;
    }

    private static Refusal unsigned() {
        return new Refusal(Outcome.UNSIGNED, "");
    }
}
