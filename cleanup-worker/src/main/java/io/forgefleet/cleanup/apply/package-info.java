/** Deletes what a plan says, each thing only after a last look and under a mark that excludes its use. */
@NullMarked
package io.forgefleet.cleanup.apply;

import org.jspecify.annotations.NullMarked;
