/** The pages for people, rendered here, with everything that comes from elsewhere escaped. */
@NullMarked
package io.forgefleet.gateway.api.page;

import org.jspecify.annotations.NullMarked;
