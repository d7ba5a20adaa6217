/** What a finished database costs, and what it spares. */
@NullMarked
package io.forgefleet.benchmarks.template;

import org.jspecify.annotations.NullMarked;
