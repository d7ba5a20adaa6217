/** The meters of the fleet: one registry per process, and every name in one place. */
@NullMarked
package io.forgefleet.runtime.metrics;

import org.jspecify.annotations.NullMarked;
