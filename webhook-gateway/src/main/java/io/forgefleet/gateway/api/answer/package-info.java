/** How requests are answered: by JSON, by an error with its advice, or by what another process of the fleet answers. */
@NullMarked
package io.forgefleet.gateway.api.answer;

import org.jspecify.annotations.NullMarked;
