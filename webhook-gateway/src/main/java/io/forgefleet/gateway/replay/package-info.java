/** Events found again, and the jobs that ask for their work once more. */
@NullMarked
package io.forgefleet.gateway.replay;

import org.jspecify.annotations.NullMarked;
