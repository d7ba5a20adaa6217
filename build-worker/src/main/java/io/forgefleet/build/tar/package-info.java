/** Images as files on this worker's disk, for whoever cannot pull them. */
@NullMarked
package io.forgefleet.build.tar;

import org.jspecify.annotations.NullMarked;
