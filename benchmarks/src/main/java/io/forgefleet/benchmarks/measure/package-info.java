/** What a benchmark works with, what it gives, and how that is shown. */
@NullMarked
package io.forgefleet.benchmarks.measure;

import org.jspecify.annotations.NullMarked;
