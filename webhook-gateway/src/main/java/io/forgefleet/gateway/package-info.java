/** The gateway: webhooks in, events on Kafka; API, run pages, replays, and commit statuses. */
@NullMarked
package io.forgefleet.gateway;

import org.jspecify.annotations.NullMarked;
