package io.forgefleet.runtime.topic;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** The fleet's topics or share groups are not as the fleet needs them; the message says what to do. */
public final class TopicsException extends Exception {

    @Serial
    private static final long serialVersionUID = 1;

    TopicsException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
