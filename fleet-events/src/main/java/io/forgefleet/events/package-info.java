/** What happened on a forge: the sealed {@link io.forgefleet.events.ForgeEvent} and its values. */
@NullMarked
package io.forgefleet.events;

import org.jspecify.annotations.NullMarked;
