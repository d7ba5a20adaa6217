/** The repository file {@code .forgefleet.yml}. */
@NullMarked
package io.forgefleet.events.repofile;

import org.jspecify.annotations.NullMarked;
