/** A real single-node Kafka, in the caller's process or as one of its own. */
@NullMarked
package io.forgefleet.host.broker;

import org.jspecify.annotations.NullMarked;
