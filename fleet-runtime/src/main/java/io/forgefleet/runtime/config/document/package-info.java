/** Reads a YAML document with environment variables over it, key by key, and collects every error with its place. */
@NullMarked
package io.forgefleet.runtime.config.document;

import org.jspecify.annotations.NullMarked;
