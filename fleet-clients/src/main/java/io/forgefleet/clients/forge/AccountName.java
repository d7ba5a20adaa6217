package io.forgefleet.clients.forge;

import java.util.regex.Pattern;

/** Logins as they come from payloads, that is from anybody. */
final class AccountName {

    /** What GitHub, GitLab, Gitea or Forgejo let somebody be called, GitHub's apps included; none begins with a dot. */
    private static final Pattern POSSIBLE = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9_.-]{0,254}(\\[bot])?");

    private AccountName() {}

    /** Whether a forge can have an account of this name: one of another form needs not be asked for, and could be a path. */
    static boolean isPossible(String login) {
        return POSSIBLE.matcher(login).matches();
    }
}
