/** Webhooks as Forgejo sends them: signed, tried once, recorded. */
@NullMarked
package io.forgefleet.host.forge.hook;

import org.jspecify.annotations.NullMarked;
