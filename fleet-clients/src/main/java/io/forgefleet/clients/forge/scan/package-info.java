/** Findings of scanners, given to forges that show them in the code. */
@NullMarked
package io.forgefleet.clients.forge.scan;

import org.jspecify.annotations.NullMarked;
