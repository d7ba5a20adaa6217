/** The API of Gitea and Forgejo; neither has a kept client for Java. */
@NullMarked
package io.forgefleet.clients.forge.gitea;

import org.jspecify.annotations.NullMarked;
