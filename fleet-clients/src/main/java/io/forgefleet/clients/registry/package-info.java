/** OCI registries: what a tag is, tags moved by manifest, credentials as Docker keeps them. */
@NullMarked
package io.forgefleet.clients.registry;

import org.jspecify.annotations.NullMarked;
