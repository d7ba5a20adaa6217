package io.forgefleet.clients.git;

import io.forgefleet.events.CommitId;

/**
 * What a commit says that it does.
 *
 * @param text first paragraph of its message on one line, as its author wrote it: trust nothing in it
 */
public record CommitSubject(CommitId commit, String text) {}
