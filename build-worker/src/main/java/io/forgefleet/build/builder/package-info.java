/** The engines that build, by trust class, and what waits in their stores to be pushed. */
@NullMarked
package io.forgefleet.build.builder;

import org.jspecify.annotations.NullMarked;
