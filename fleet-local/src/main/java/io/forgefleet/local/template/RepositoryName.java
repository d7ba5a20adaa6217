package io.forgefleet.local.template;

import io.forgefleet.clients.ClientException;
import io.forgefleet.local.console.CommandFailure;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the fleet calls a repository, as its API has it: {@code forge/owner/name}, or {@code owner/name} on whatever forge. */
final class RepositoryName {

    private static final Pattern GIVEN =
            Pattern.compile("(?:([a-z0-9][a-z0-9-]{0,39}):)?([A-Za-z0-9_.-]+(?:/[A-Za-z0-9_.-]+){1,20})");

    /** {@code https://host/owner/name.git}, {@code ssh://git@host:22/owner/name}, {@code git@host:owner/name.git}. */
    private static final Pattern REMOTE =
            Pattern.compile("(?:[a-z+]+://[^/]+/|[^/:]+:)/?((?:[^/]+/)+[^/]+?)(?:\\.git)?/?");

    private RepositoryName() {}

    /** @param given {@code FORGE:OWNER/REPO} or {@code OWNER/REPO}; empty to go by where the clone is from */
    static String of(String given, LocalClone clone) throws CommandFailure, ClientException, InterruptedException {
        if (!given.isEmpty()) {
            return parsed(given);
        }
        String origin = clone.origin()
                .orElseThrow(() -> new CommandFailure(
                        clone.root() + " has no remote 'origin', so the fleet's name of the repository is not known",
                        "name it: --repo FORGE:OWNER/REPO"));
        Matcher remote = REMOTE.matcher(origin);
        if (!remote.matches() || !GIVEN.matcher(remote.group(1)).matches()) {
            throw new CommandFailure(
                    "the remote 'origin' does not say which repository of the fleet this is",
                    "name it: --repo FORGE:OWNER/REPO");
        }
        return remote.group(1);
    }

    private static String parsed(String given) throws CommandFailure {
        Matcher form = GIVEN.matcher(given);
        if (!form.matches()) {
            throw new CommandFailure(
                    "'" + given + "' is no repository", "give FORGE:OWNER/REPO, the forge by its name in fleet.yml");
        }
        return form.group(1) == null ? form.group(2) : form.group(1) + "/" + form.group(2);
    }
}
