/** What an image holds and what is known about that: SBOM tools and scanners, one small interface each. */
@NullMarked
package io.forgefleet.clients.scan;

import org.jspecify.annotations.NullMarked;
