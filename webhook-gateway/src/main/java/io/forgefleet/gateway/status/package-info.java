/** Commit statuses: runs folded into the newest status of each commit and context, and posted to the forges. */
@NullMarked
package io.forgefleet.gateway.status;

import org.jspecify.annotations.NullMarked;
