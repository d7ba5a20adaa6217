/** Where the demo takes place: a forge, a registry, Kafka and a fleet of its own, with the tools that this machine has. */
@NullMarked
package io.forgefleet.local.demo.site;

import org.jspecify.annotations.NullMarked;
