/** HTTP to services that have no library of their own here: bounded in time and size, failures told apart. */
@NullMarked
package io.forgefleet.clients.http;

import org.jspecify.annotations.NullMarked;
