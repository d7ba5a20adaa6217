/** Bare repositories on disk, by the git command, and their smart HTTP service. */
@NullMarked
package io.forgefleet.host.forge.git;

import org.jspecify.annotations.NullMarked;
