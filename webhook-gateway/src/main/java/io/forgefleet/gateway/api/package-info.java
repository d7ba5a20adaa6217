/** What people and scripts ask of the fleet: runs, logs, events, replays, as JSON and as pages. */
@NullMarked
package io.forgefleet.gateway.api;

import org.jspecify.annotations.NullMarked;
