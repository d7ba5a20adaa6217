/** A real OCI registry on loopback, as a child process. */
@NullMarked
package io.forgefleet.host.registry;

import org.jspecify.annotations.NullMarked;
