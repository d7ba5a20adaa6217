package io.forgefleet.clients.sign;

/** What opens a key. It goes to cosign in the environment of that one process, and nowhere else; it never prints itself. */
public final class Passphrase {

    /** Of keys that have none, and for KMS. */
    public static final Passphrase NONE = new Passphrase("");

    private final String value;

    public Passphrase(String value) {
        this.value = value;
    }

    /** For the environment of the program that needs it. */
    public String value() {
        return value;
    }

    @Override
    public String toString() {
        return "***";
    }
}
