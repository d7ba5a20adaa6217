/** Cleanup of registries and engines. */
@NullMarked
package io.forgefleet.cleanup;

import org.jspecify.annotations.NullMarked;
