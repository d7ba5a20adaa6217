/** What is known about the vulnerabilities of images that were pushed, and whether they may be merged with. */
@NullMarked
package io.forgefleet.build.scan;

import org.jspecify.annotations.NullMarked;
