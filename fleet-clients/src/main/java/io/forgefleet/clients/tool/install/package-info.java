/** Fills the fleet's own tool folder from package registries, at pinned versions. */
@NullMarked
package io.forgefleet.clients.tool.install;

import org.jspecify.annotations.NullMarked;
