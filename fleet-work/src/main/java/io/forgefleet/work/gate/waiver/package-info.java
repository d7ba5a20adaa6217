/** What people have decided about single findings: waiver files and OpenVEX documents. */
@NullMarked
package io.forgefleet.work.gate.waiver;

import org.jspecify.annotations.NullMarked;
