/** A real Gitea on loopback, as a child process. */
@NullMarked
package io.forgefleet.host.gitea;

import org.jspecify.annotations.NullMarked;
