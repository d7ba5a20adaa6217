/** The release worker: makes a release of a tag whose every byte is accounted for, and alone holds the key. */
@NullMarked
package io.forgefleet.release;

import org.jspecify.annotations.NullMarked;
