/** SBOM tools and vulnerability scanners, each a program of its own behind one small interface. */
@NullMarked
package io.forgefleet.clients.scan;

import org.jspecify.annotations.NullMarked;
