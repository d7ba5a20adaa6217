/** What is released: what a tag is now, what its commit declares, what the server allows. */
@NullMarked
package io.forgefleet.release.plan;

import org.jspecify.annotations.NullMarked;
