package io.forgefleet.clients.forge.change;

import java.time.Instant;

/**
 * That a label was set on a pull request, or taken from it.
 *
 * @param label its name; empty when the label itself is gone
 * @param added false when it was taken away
 * @param login of who did it; empty when the account is gone
 * @param at by the forge's clock
 */
public record LabelChange(String label, boolean added, String login, Instant at) {}
