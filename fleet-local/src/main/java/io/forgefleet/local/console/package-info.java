/** What the command line shows: colours, tables, and failures that say what to do. */
@NullMarked
package io.forgefleet.local.console;

import org.jspecify.annotations.NullMarked;
