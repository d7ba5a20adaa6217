/** Webhooks in, events on Kafka: HTTP, limits, deduplication, publishing. */
@NullMarked
package io.forgefleet.gateway.intake;

import org.jspecify.annotations.NullMarked;
