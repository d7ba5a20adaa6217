/** What the forge says about refs and people, asked anew each time: events come late, twice and reversed. */
@NullMarked
package io.forgefleet.build.trust;

import org.jspecify.annotations.NullMarked;
