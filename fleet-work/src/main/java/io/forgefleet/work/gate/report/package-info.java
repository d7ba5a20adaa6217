/** A verdict for people and for other tools. */
@NullMarked
package io.forgefleet.work.gate.report;

import org.jspecify.annotations.NullMarked;
