package io.forgefleet.host.broker;

import java.net.BindException;
import org.jspecify.annotations.Nullable;

/** A port that the broker was to listen on is taken. */
final class BindFailedException extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    BindFailedException(String address, Throwable cause) {
        super(
                "Kafka cannot listen on " + address
                        + " since the port is taken: stop what listens there, or name another",
                cause);
    }

    static boolean isCauseOf(Throwable thrown) {
        for (@Nullable Throwable t = thrown; t != null; t = t.getCause()) {
            if (t instanceof BindException) {
                return true;
            }
        }
        return false;
    }
}
