/** The way of one run, from a tag to its release. */
@NullMarked
package io.forgefleet.release.work;

import org.jspecify.annotations.NullMarked;
