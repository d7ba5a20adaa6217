/** Releases with their files: what is the same for every forge, and what each has to do. */
@NullMarked
package io.forgefleet.clients.forge.release;

import org.jspecify.annotations.NullMarked;
