/** What a repository of a registry holds, and what keeps what. */
@NullMarked
package io.forgefleet.cleanup.graph;

import org.jspecify.annotations.NullMarked;
