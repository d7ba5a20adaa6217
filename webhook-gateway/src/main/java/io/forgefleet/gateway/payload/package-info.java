/** Payloads of each forge, read into canonical events. */
@NullMarked
package io.forgefleet.gateway.payload;

import org.jspecify.annotations.NullMarked;
