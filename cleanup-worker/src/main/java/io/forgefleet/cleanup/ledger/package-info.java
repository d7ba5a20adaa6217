/** The ledger as deletion needs it: whole, of one clock, and never older than it was. */
@NullMarked
package io.forgefleet.cleanup.ledger;

import org.jspecify.annotations.NullMarked;
