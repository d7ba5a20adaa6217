/** GitHub, by github-api over HTTP of our own; what that does not know is asked directly. */
@NullMarked
package io.forgefleet.clients.forge.github;

import org.jspecify.annotations.NullMarked;
