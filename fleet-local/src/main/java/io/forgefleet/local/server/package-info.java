/** The API of a running fleet, as commands call it. */
@NullMarked
package io.forgefleet.local.server;

import org.jspecify.annotations.NullMarked;
