/** Webhooks per second, of the gateway and of its peers, under a load that counts the time that requests had to wait. */
@NullMarked
package io.forgefleet.benchmarks.intake;

import org.jspecify.annotations.NullMarked;
