/** What became of a job: the state of a run, its outcome, its log, and the commit status that tells of it. */
@NullMarked
package io.forgefleet.events.run;

import org.jspecify.annotations.NullMarked;
