/** What people do about releases. */
@NullMarked
package io.forgefleet.local.release;

import org.jspecify.annotations.NullMarked;
