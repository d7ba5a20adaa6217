/** Template databases on servers of PostgreSQL: restored once per key, cloned for whoever asks, swept when nobody gives them back. */
@NullMarked
package io.forgefleet.work.template.postgres;

import org.jspecify.annotations.NullMarked;
