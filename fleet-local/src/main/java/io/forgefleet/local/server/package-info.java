/** The commands that ask a running fleet, and the client of its API that they use. */
@NullMarked
package io.forgefleet.local.server;

import org.jspecify.annotations.NullMarked;
