/** The command {@code verify}: whether an image, a file or a bundle of evidence is signed as it should be. */
@NullMarked
package io.forgefleet.local.verify;

import org.jspecify.annotations.NullMarked;
