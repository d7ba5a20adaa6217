/** From a record to an outcome: one run, under a lease and a claim. */
@NullMarked
package io.forgefleet.runtime.work;

import org.jspecify.annotations.NullMarked;
