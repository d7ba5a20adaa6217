/** What all clients of workers share: how they fail. */
@NullMarked
package io.forgefleet.clients;

import org.jspecify.annotations.NullMarked;
