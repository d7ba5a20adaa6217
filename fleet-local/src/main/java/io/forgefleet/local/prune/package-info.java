/** Commands about what goes and what stays. */
@NullMarked
package io.forgefleet.local.prune;

import org.jspecify.annotations.NullMarked;
