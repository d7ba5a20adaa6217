/** Forges by their APIs: what a pull request is now, and commit statuses. */
@NullMarked
package io.forgefleet.clients.forge;

import org.jspecify.annotations.NullMarked;
