/** The way of one cleanup, from its wish to what came of it. */
@NullMarked
package io.forgefleet.cleanup.sweep;

import org.jspecify.annotations.NullMarked;
