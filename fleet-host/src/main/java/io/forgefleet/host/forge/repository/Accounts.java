package io.forgefleet.host.forge.repository;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;

/** All accounts, by name and by token. */
public final class Accounts {

    private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?");
    private static final int TOKEN_BYTES = 20;

    private final SecureRandom random = new SecureRandom();
    private final AtomicLong lastId = new AtomicLong();
    private final Map<String, Account> byName = new ConcurrentHashMap<>();
    private final Map<String, Account> byToken = new ConcurrentHashMap<>();

    /** The account of this name, made with a random token when there is none. */
    public Account named(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "an account's name has lower-case letters, digits and inner dashes, got: " + name);
        }
        return byName.computeIfAbsent(name, missing -> {
            byte[] token = new byte[TOKEN_BYTES];
            random.nextBytes(token);
            Account account =
                    new Account(lastId.incrementAndGet(), name, HexFormat.of().formatHex(token));
            byToken.put(account.token(), account);
            return account;
        });
    }

    public Optional<Account> find(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    public Optional<Account> byToken(String token) {
        return Optional.ofNullable(byToken.get(token));
    }
}
