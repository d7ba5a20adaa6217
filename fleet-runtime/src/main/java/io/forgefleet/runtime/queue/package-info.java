/** Who is handed work: share-group leases on records. */
@NullMarked
package io.forgefleet.runtime.queue;

import org.jspecify.annotations.NullMarked;
