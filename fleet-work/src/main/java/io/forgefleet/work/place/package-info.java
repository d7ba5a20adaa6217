/** Where things are, as the configuration says and as the fleet's own hosts reach them. */
@NullMarked
package io.forgefleet.work.place;

import org.jspecify.annotations.NullMarked;
