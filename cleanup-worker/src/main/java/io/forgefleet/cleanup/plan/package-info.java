/** What is to go from one image of a registry, and why everything else stays. */
@NullMarked
package io.forgefleet.cleanup.plan;

import org.jspecify.annotations.NullMarked;
