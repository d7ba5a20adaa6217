/** Changes to a repository by the API: read files, propose others. What is the same for every forge, and what each has to do. */
@NullMarked
package io.forgefleet.clients.forge.change;

import org.jspecify.annotations.NullMarked;
