/** One repository as a run finds it: its forge, mirror, registry and configuration; and how a run ends early. */
@NullMarked
package io.forgefleet.build.place;

import org.jspecify.annotations.NullMarked;
