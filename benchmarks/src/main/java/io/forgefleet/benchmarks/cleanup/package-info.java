/** Cleanup of large registries, against a plain loop over the same API. */
@NullMarked
package io.forgefleet.benchmarks.cleanup;

import org.jspecify.annotations.NullMarked;
