/** Cosign 2 and 3 as {@link io.forgefleet.clients.sign.Signer} and {@link io.forgefleet.clients.sign.Verifier}. */
@NullMarked
package io.forgefleet.clients.sign.cosign;

import org.jspecify.annotations.NullMarked;
