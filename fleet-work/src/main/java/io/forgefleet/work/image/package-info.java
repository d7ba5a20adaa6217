/** What images are called, what they say about themselves, and where their code comes from. */
@NullMarked
package io.forgefleet.work.image;

import org.jspecify.annotations.NullMarked;
