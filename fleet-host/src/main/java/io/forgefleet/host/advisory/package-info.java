/** Known vulnerabilities, for scanners that have no other database. */
@NullMarked
package io.forgefleet.host.advisory;

import org.jspecify.annotations.NullMarked;
