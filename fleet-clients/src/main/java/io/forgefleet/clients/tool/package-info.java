/** Programs that the fleet runs: started without a shell, bounded in time and output, ended with all their children. */
@NullMarked
package io.forgefleet.clients.tool;

import org.jspecify.annotations.NullMarked;
