/** What people ask of cleanups, over HTTP. */
@NullMarked
package io.forgefleet.cleanup.api;

import org.jspecify.annotations.NullMarked;
