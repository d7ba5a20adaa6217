/** The fleet's services as the processes that they are in production, and how fast they start. */
@NullMarked
package io.forgefleet.benchmarks.service;

import org.jspecify.annotations.NullMarked;
