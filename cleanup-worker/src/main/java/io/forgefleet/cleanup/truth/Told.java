package io.forgefleet.cleanup.truth;

import io.forgefleet.cleanup.rule.RefState;
import io.forgefleet.cleanup.rule.Where;
import io.forgefleet.events.repofile.RetentionSpec;
import java.util.Map;

/**
 * What a forge said of one repository.
 *
 * @param states of all that was asked about
 * @param retention what the repository's own file on the default branch asks for
 */
public record Told(Map<Where, RefState> states, RetentionSpec retention) {

    public Told {
        states = Map.copyOf(states);
    }
}
