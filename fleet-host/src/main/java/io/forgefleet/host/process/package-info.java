/** Child processes with an end: started, watched, logged within bounds, and gone with this process. */
@NullMarked
package io.forgefleet.host.process;

import org.jspecify.annotations.NullMarked;
