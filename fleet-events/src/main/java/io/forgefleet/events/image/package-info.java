/** Images and the ledger of what the fleet pushed. */
@NullMarked
package io.forgefleet.events.image;

import org.jspecify.annotations.NullMarked;
