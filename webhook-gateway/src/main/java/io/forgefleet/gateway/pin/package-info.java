/** Pins of images in workflow files: found, and rewritten without touching anything else. */
@NullMarked
package io.forgefleet.gateway.pin;

import org.jspecify.annotations.NullMarked;
