/** Files of this machine, handed out over HTTP. */
@NullMarked
package io.forgefleet.runtime.download;

import org.jspecify.annotations.NullMarked;
