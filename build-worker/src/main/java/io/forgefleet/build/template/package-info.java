/** Template databases: filled once per content by whoever has the claim on their key, found by everybody else. */
@NullMarked
package io.forgefleet.build.template;

import org.jspecify.annotations.NullMarked;
