/** Git, by its own command: a bare mirror per repository, fetches of single commits, a checkout per run. */
@NullMarked
package io.forgefleet.clients.git;

import org.jspecify.annotations.NullMarked;
