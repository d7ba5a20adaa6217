/** What registries hold and how each of them deletes: one interface, values of our own. */
@NullMarked
package io.forgefleet.cleanup.driver;

import org.jspecify.annotations.NullMarked;
