/** The server's configuration, {@code fleet.yml}, as typed records. */
@NullMarked
package io.forgefleet.runtime.config;

import org.jspecify.annotations.NullMarked;
