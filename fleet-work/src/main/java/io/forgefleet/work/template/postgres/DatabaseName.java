package io.forgefleet.work.template.postgres;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a database of the fleet is called, and the role that goes with it: {@code ff_c_KEY_MADE_EPOCH_NONCE}. The name alone says what
 * may become of it when whoever made it has died.
 *
 * @param key the first digits of the template's key
 * @param made seconds since 1970
 * @param epoch of the process that made it, another one with each start
 */
record DatabaseName(Kind kind, String key, long made, int epoch, String nonce) {

    /** Begins all of them; for {@code LIKE}. */
    static final String PATTERN = "ff\\_%";

    private static final int KEY_DIGITS = 24;
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Pattern FORM =
            Pattern.compile("ff_([tcw])_([0-9a-f]{24})_([0-9a-f]{8})_([0-9a-f]{8})_([0-9a-f]{8})");

    /** What it is for. */
    enum Kind {
        /** Cloned, never connected to. */
        TEMPLATE,
        /** Somebody's own, or ready to be. */
        CLONE,
        /** Filled by a command, then dumped. */
        WORK;

        private String letter() {
            return name().substring(0, 1).toLowerCase(Locale.ROOT);
        }
    }

    /** One that nothing has yet. */
    static DatabaseName fresh(Kind kind, String key, int epoch) {
        return new DatabaseName(kind, digits(key), Instant.now().getEpochSecond(), epoch, hex(RANDOM.nextInt()));
    }

    static Optional<DatabaseName> parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            return Optional.empty();
        }
        Kind kind = Arrays.stream(Kind.values())
                .filter(each -> each.letter().equals(form.group(1)))
                .findFirst()
                .orElseThrow();
        return Optional.of(new DatabaseName(
                kind,
                form.group(2),
                HexFormat.fromHexDigitsToLong(form.group(3)),
                (int) HexFormat.fromHexDigitsToLong(form.group(4)),
                form.group(5)));
    }

    /** Of a clone by what its id says of it. */
    static Optional<DatabaseName> ofClone(String key, String id) {
        return parse("ff_c_" + digits(key) + "_" + id.replace('-', '_'));
    }

    /** What tells a clone from others of its key. */
    String id() {
        return hex((int) made) + "-" + hex(epoch) + "-" + nonce;
    }

    /** All templates of a key, for {@code LIKE}. */
    static String templatesOf(String key) {
        return "ff\\_t\\_" + digits(key) + "\\_%";
    }

    static String digits(String key) {
        return key.substring(0, Math.min(KEY_DIGITS, key.length()));
    }

    private static String hex(int number) {
        return HexFormat.of().toHexDigits(number);
    }

    @Override
    public String toString() {
        return "ff_" + kind.letter() + "_" + key + "_" + hex((int) made) + "_" + hex(epoch) + "_" + nonce;
    }
}
