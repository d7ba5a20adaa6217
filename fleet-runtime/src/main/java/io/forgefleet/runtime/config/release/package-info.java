/** What {@code fleet.yml} says of releases: who may be released, and by which keys. */
@NullMarked
package io.forgefleet.runtime.config.release;

import org.jspecify.annotations.NullMarked;
