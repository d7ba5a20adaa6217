package io.forgefleet.host.forge.repository;

import java.util.Locale;

/** What an account may do with a repository, each more than the one before. */
public enum Permission {
    NONE,
    READ,
    WRITE,
    ADMIN,
    OWNER;

    /** Whether this includes the other. */
    public boolean allows(Permission other) {
        return compareTo(other) >= 0;
    }

    /** As the API writes it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
