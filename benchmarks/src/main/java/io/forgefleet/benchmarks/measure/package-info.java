/** What a measurement gives and how it is shown. */
@NullMarked
package io.forgefleet.benchmarks.measure;

import org.jspecify.annotations.NullMarked;
