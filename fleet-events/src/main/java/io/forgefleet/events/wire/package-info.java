/** How events, jobs and runs look on Kafka. */
@NullMarked
package io.forgefleet.events.wire;

import org.jspecify.annotations.NullMarked;
