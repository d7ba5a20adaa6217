/** Containers for code that nobody vouches for, and files on their way into them and out. */
@NullMarked
package io.forgefleet.clients.engine.container;

import org.jspecify.annotations.NullMarked;
