/** The whole fleet in one process: the classes of the distributed one, around a broker of its own where none is named. */
@NullMarked
package io.forgefleet.local.up;

import org.jspecify.annotations.NullMarked;
