/** Registries that have an API of their own beside the distribution specification's. */
@NullMarked
package io.forgefleet.cleanup.driver.api;

import org.jspecify.annotations.NullMarked;
