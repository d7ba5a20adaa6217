/** The services as processes of their own on real parts, and what is done to them. */
@NullMarked
package io.forgefleet.local.fault;

import org.jspecify.annotations.NullMarked;
