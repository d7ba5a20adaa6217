/** One repository as a run finds it: its forge, mirror, registries, configuration and waivers; and how a run ends early. */
@NullMarked
package io.forgefleet.work.place;

import org.jspecify.annotations.NullMarked;
