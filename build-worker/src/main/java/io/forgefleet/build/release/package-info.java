/** What release workers have made here, since it runs code of the repository: images and files of a tag, by digest alone. */
@NullMarked
package io.forgefleet.build.release;

import org.jspecify.annotations.NullMarked;
