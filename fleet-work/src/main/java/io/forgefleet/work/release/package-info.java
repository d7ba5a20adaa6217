/** What release workers and the build workers that they ask agree on. */
@NullMarked
package io.forgefleet.work.release;

import org.jspecify.annotations.NullMarked;
