/** One adapter for each SBOM tool and each scanner. */
@NullMarked
package io.forgefleet.clients.scan.adapter;

import org.jspecify.annotations.NullMarked;
