package io.forgefleet.local.console;

import java.util.Map;

/**
 * One call of the command line.
 *
 * @param terminal where it prints
 * @param environment variables of the process
 */
public record Invocation(Terminal terminal, Map<String, String> environment) {

    public Invocation {
        environment = Map.copyOf(environment);
    }
}
