/** Pull requests that pin CI images, asked for by the runs that made the images. */
@NullMarked
package io.forgefleet.gateway.proposal;

import org.jspecify.annotations.NullMarked;
