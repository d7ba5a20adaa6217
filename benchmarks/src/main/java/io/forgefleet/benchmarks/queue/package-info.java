/** The job queue under load: what it costs, how it spreads work over processes, how fast it gets over a dead one. */
@NullMarked
package io.forgefleet.benchmarks.queue;

import org.jspecify.annotations.NullMarked;
