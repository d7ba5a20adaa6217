/** What killed workers leave on Docker engines. */
@NullMarked
package io.forgefleet.cleanup.engine;

import org.jspecify.annotations.NullMarked;
