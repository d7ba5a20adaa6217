/** What is known about the parts of a release: what is in them, what of that is vulnerable, who signed them. */
@NullMarked
package io.forgefleet.release.proof;

import org.jspecify.annotations.NullMarked;
