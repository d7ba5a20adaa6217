/** What is to be made of an event, worked out without touching anything: trust, tags, cache refs, labels. */
@NullMarked
package io.forgefleet.build.plan;

import org.jspecify.annotations.NullMarked;
