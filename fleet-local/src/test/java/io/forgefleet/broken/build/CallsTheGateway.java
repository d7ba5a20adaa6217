package io.forgefleet.broken.build;

import io.forgefleet.gateway.signature.WebhookSecret;

/** What a worker may not do. */
public record CallsTheGateway(WebhookSecret secret) {}
