/** What is kept and for how long: of entries of the ledger alone, without a look at the registry. */
@NullMarked
package io.forgefleet.cleanup.rule;

import org.jspecify.annotations.NullMarked;
