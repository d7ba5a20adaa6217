/** Signed envelopes and signatures, and whether they are by whom they should be. Needs no network for keys. */
@NullMarked
package io.forgefleet.work.evidence.proof;

import org.jspecify.annotations.NullMarked;
