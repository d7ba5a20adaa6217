/** The container engine: images by its API, builds by {@code docker buildx}. */
@NullMarked
package io.forgefleet.clients.engine;

import org.jspecify.annotations.NullMarked;
