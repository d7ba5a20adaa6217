/** What the fleet remembers of every digest that it pushed. */
@NullMarked
package io.forgefleet.events.ledger;

import org.jspecify.annotations.NullMarked;
