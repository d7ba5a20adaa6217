/** What people see of a release: tags, and the release on the forge. */
@NullMarked
package io.forgefleet.release.publish;

import org.jspecify.annotations.NullMarked;
