package io.forgefleet.gateway.payload;

import io.forgefleet.events.ForgeKind;
import io.vertx.core.MultiMap;
import java.nio.ByteBuffer;
import java.time.InstantSource;

/** Reads the payloads of one forge. Takes time in proportion to their size and little memory. Thread-safe. */
public final class PayloadParser {

    private final Dialect dialect;
    final Outline outline;

    private PayloadParser(Dialect dialect) {
        this.dialect = dialect;
        this.outline = dialect.outline();
    }

    /**
     * The parser for a forge.
     *
     * @param forge the forge's name in the configuration
     * @param clock tells when events were accepted
     */
    public static PayloadParser of(ForgeKind kind, String forge, InstantSource clock) {
        CanonicalEvents events = new CanonicalEvents(forge, clock);
        return new PayloadParser(
                switch (kind) {
                    case GITHUB -> new GitHubDialect(events);
                    case GITEA, FORGEJO -> new GiteaDialect(events, kind);
                    case GITLAB -> new GitLabDialect(events);
                });
    }

    /**
     * Reads a payload whose signature has been checked.
     *
     * @param headers of the delivery
     * @param json the payload, a form already decoded; read from position to limit, must have an array
     */
    public Reading parse(MultiMap headers, ByteBuffer json) {
        try {
            return dialect.read(headers, PayloadReader.read(json, outline));
        } catch (MalformedPayloadException e) {
            return e.reading();
        }
    }
}
