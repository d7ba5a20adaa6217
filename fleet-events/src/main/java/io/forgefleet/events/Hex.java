package io.forgefleet.events;

/** Lower-case hexadecimal digits. Every event is full of them, so they are looked at without a regular expression. */
final class Hex {

    private Hex() {}

    static boolean isHex(String text, int length) {
        if (text.length() != length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
                return false;
            }
        }
        return true;
    }
}
