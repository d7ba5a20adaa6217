/** What the {@code Main} of a service stands on: start, readiness, management address, logs, ordered stop. */
@NullMarked
package io.forgefleet.runtime.service;

import org.jspecify.annotations.NullMarked;
