/** How long a consumer waits for {@code fleet verify}. */
@NullMarked
package io.forgefleet.benchmarks.verify;

import org.jspecify.annotations.NullMarked;
