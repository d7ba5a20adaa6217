/** The {@code fleet} command line: one class per command, which loads no more than the command needs. */
@NullMarked
package io.forgefleet.local.cli;

import org.jspecify.annotations.NullMarked;
