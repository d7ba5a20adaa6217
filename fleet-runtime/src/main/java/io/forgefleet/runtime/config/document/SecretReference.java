package io.forgefleet.runtime.config.document;

import java.nio.file.Path;

/**
 * Where a secret is that only one service of the fleet may see, and only that one looks up: all of them read the same file.
 */
public sealed interface SecretReference {

    /** An environment variable. */
    record Variable(String name) implements SecretReference {
        @Override
        public String toString() {
            return "${env:" + name + "}";
        }
    }

    /** A file; its last line end does not belong to the secret. */
    record InFile(Path file) implements SecretReference {
        @Override
        public String toString() {
            return "${file:" + file + "}";
        }
    }
}
