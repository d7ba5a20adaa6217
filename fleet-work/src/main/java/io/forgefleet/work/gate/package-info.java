/** The vulnerability gate: what scanners found, joined, weighed against a policy and its waivers. */
@NullMarked
package io.forgefleet.work.gate;

import org.jspecify.annotations.NullMarked;
