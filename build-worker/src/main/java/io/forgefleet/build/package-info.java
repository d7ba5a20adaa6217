/** The build worker: builds the images of pull requests and branches and pushes them. */
@NullMarked
package io.forgefleet.build;

import org.jspecify.annotations.NullMarked;
