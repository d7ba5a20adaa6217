/** The fleet's Kafka topics and share groups, how they are laid out, and how clients are set up for them. */
@NullMarked
package io.forgefleet.runtime.topic;

import org.jspecify.annotations.NullMarked;
