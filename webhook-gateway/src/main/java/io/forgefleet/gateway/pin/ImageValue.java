package io.forgefleet.gateway.pin;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The value by which a workflow names an image, {@code name[:tag][@digest]}, perhaps with expressions that only the forge
 * can evaluate.
 *
 * @param name without tag and digest
 * @param tag empty without one
 * @param digest empty without one
 */
record ImageValue(String name, String tag, String digest) {

    /** {@code ${{ … }}} of Actions, {@code ${VAR}} and {@code $VAR} of GitLab. */
    private static final Pattern EXPRESSION =
            Pattern.compile("\\$\\{\\{.{0,500}?}}|\\$\\{[^}]{0,500}}|\\$[A-Za-z_][A-Za-z0-9_]*|\\$\\[\\[.{0,500}?]]");

    /** Stands for an expression; no image has it in its name. */
    private static final char UNKNOWN = '*';

    /** Tags that always name one image: a hash of what went in, a full version. */
    private static final Pattern FIXED_TAG =
            Pattern.compile("(.*-)?[0-9a-f]{7,64}(-r[0-9]{1,4})?|v?[0-9]+\\.[0-9]+\\.[0-9]+([.+-].*)?");

    static ImageValue of(String value) {
        String known = EXPRESSION.matcher(value).replaceAll(Matcher.quoteReplacement(String.valueOf(UNKNOWN)));
        int at = known.indexOf('@');
        String digest = at < 0 ? "" : known.substring(at + 1);
        String named = at < 0 ? known : known.substring(0, at);
        // a colon before the last slash is the registry's port
        int colon = named.indexOf(':', named.lastIndexOf('/') + 1);
        return new ImageValue(
                colon < 0 ? named : named.substring(0, colon), colon < 0 ? "" : named.substring(colon + 1), digest);
    }

    boolean hasExpressions() {
        return (name + tag + digest).indexOf(UNKNOWN) >= 0;
    }

    /** Whether this names an image, whatever its expressions turn out to be. */
    boolean mayName(String image) {
        String[] parts = name.split(Pattern.quote(String.valueOf(UNKNOWN)), -1);
        if (parts.length == 1) {
            return name.equals(image);
        }
        String last = parts[parts.length - 1];
        if (!image.startsWith(parts[0]) || image.length() < parts[0].length() + last.length()) {
            return false;
        }
        int from = parts[0].length();
        int end = image.length() - last.length();
        for (int i = 1; i < parts.length - 1; i++) {
            int found = image.indexOf(parts[i], from);
            if (found < 0 || found + parts[i].length() > end) {
                return false;
            }
            from = found + parts[i].length();
        }
        return image.endsWith(last);
    }

    /** Whether somebody may move what it names: no digest, and no tag that is made for one image. */
    boolean floats() {
        return digest.isEmpty() && !FIXED_TAG.matcher(tag).matches();
    }
}
