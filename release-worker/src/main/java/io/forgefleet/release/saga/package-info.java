/** A release as far as it is, and where that is kept. */
@NullMarked
package io.forgefleet.release.saga;

import org.jspecify.annotations.NullMarked;
