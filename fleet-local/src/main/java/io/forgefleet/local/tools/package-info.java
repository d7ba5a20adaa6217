/** {@code fleet tools}: the programs that the fleet runs, from package registries. */
@NullMarked
package io.forgefleet.local.tools;

import org.jspecify.annotations.NullMarked;
