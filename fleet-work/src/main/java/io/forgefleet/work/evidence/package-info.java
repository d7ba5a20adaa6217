/** The evidence of a release: one file with everything that was signed and attested of it, and whether that holds. */
@NullMarked
package io.forgefleet.work.evidence;

import org.jspecify.annotations.NullMarked;
