/** What forges say of pull requests and branches, in full or not at all. */
@NullMarked
package io.forgefleet.cleanup.truth;

import org.jspecify.annotations.NullMarked;
