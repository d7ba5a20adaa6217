/** What a measurement gives and how it is shown. */
@NullMarked
package io.forgefleet.benchmarks.report;

import org.jspecify.annotations.NullMarked;
