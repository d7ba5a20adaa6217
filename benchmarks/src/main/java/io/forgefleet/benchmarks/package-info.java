/** Measures the fleet against its figures and against peers in the same run; {@code benchmarks/README.md} lists them. */
@NullMarked
package io.forgefleet.benchmarks;

import org.jspecify.annotations.NullMarked;
