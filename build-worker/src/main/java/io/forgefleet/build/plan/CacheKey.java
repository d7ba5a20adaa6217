package io.forgefleet.build.plan;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.SortedMap;
import java.util.regex.Pattern;

/**
 * Names what some files of a commit hold, whichever branch the commit is on.
 *
 * @param value 24 lower-case hexadecimal digits
 */
public record CacheKey(String value) {

    private static final Pattern FORM = Pattern.compile("[0-9a-f]{24}");

    public CacheKey {
        if (!FORM.matcher(value).matches()) {
            throw new IllegalArgumentException("a key is 24 hexadecimal digits, got: " + value);
        }
    }

    /**
     * Of files as git knows them.
     *
     * @param files ids of their content by path
     * @return empty when there are no files, which would name everything
     */
    public static Optional<CacheKey> of(SortedMap<String, String> files) {
        if (files.isEmpty()) {
            return Optional.empty();
        }
        try {
            MessageDigest hash = MessageDigest.getInstance("SHA-256");
            files.forEach((path, id) -> hash.update((id + " " + path + "\0").getBytes(StandardCharsets.UTF_8)));
            return Optional.of(new CacheKey(HexFormat.of().formatHex(hash.digest(), 0, 12)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
