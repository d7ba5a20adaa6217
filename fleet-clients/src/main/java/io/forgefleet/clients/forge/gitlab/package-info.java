/** GitLab, by gitlab4j. */
@NullMarked
package io.forgefleet.clients.forge.gitlab;

import org.jspecify.annotations.NullMarked;
