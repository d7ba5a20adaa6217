/** Whether a delivery comes from somebody who knows a live secret of the forge. */
@NullMarked
package io.forgefleet.gateway.signature;

import org.jspecify.annotations.NullMarked;
