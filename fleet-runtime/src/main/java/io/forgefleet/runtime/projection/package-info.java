/** Topics read from the beginning into memory. */
@NullMarked
package io.forgefleet.runtime.projection;

import org.jspecify.annotations.NullMarked;
