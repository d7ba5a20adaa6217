/** The whole way of a push: forge, gateway, Kafka, build worker, engine, registry, status; each in its own process. */
@NullMarked
package io.forgefleet.benchmarks.fleet;

import org.jspecify.annotations.NullMarked;
