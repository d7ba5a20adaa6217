/** Template databases for people: the commands that pull, explain and ask for them, in a clone of the repository. */
@NullMarked
package io.forgefleet.local.template;

import org.jspecify.annotations.NullMarked;
