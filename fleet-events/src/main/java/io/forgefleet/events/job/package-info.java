/** What a worker kind is asked to do. */
@NullMarked
package io.forgefleet.events.job;

import org.jspecify.annotations.NullMarked;
