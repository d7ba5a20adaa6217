/** What the forge knows beside git: accounts, rights, pull requests, commit statuses. In memory. */
@NullMarked
package io.forgefleet.host.forge.repository;

import org.jspecify.annotations.NullMarked;
