/**
 * A small forge with Forgejo's API and webhooks over real git repositories, for the demo and for tests. It is no place to
 * keep anything: what is not git is forgotten when it stops.
 */
@NullMarked
package io.forgefleet.host.forge;

import org.jspecify.annotations.NullMarked;
