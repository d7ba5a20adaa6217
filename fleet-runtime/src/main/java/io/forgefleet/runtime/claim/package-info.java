/** Who may act: claims on {@code fleet.claims}. See {@code docs/queue-and-claims.md}. */
@NullMarked
package io.forgefleet.runtime.claim;

import org.jspecify.annotations.NullMarked;
