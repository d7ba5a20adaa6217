/** From a commit to images in a registry: truth about the ref, tags, builds, pushes, the tag that moves. */
@NullMarked
package io.forgefleet.build.image;

import org.jspecify.annotations.NullMarked;
