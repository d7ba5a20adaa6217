/** A Docker engine of the fleet's own beside the machine's, with a build state that nobody else writes to. */
@NullMarked
package io.forgefleet.host.engine;

import org.jspecify.annotations.NullMarked;
