/** What each webhook and each run pays for in plain code, measured with JMH. */
@NullMarked
package io.forgefleet.benchmarks.micro;

import org.jspecify.annotations.NullMarked;
