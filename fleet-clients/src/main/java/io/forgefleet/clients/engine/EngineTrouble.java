package io.forgefleet.clients.engine;

import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.ClientException.Kind;
import java.util.regex.Pattern;

/** Tells by the words of engines, BuildKit and registries what a failure means; they have no codes for it. */
final class EngineTrouble {

    private static final Pattern UNAUTHORIZED = Pattern.compile(
            "(?i)\\b401\\b|\\b403\\b|unauthorized|denied|authorization failed|no basic auth credentials");
    private static final Pattern PASSING =
            Pattern.compile("(?i)\\b5\\d\\d\\b|\\b429\\b|too many requests|toomanyrequests"
                    + "|connection (refused|reset|closed)|broken pipe|\\bEOF\\b|i/o timeout|time(d )?out|no such host"
                    + "|temporary failure|server misbehaving|network is unreachable|no route to host"
                    + "|cannot connect to the docker daemon|error during connect|error reading from server|transport is closing"
                    + "|code = unavailable|code = canceled|context canceled|context deadline exceeded|no space left on device"
                    + "|cannot allocate memory|input/output error|failed to (dial|connect)");

    /** The builder's own trouble, as against that of a registry or a network between them. */
    private static final Pattern BROKEN =
            Pattern.compile("(?i)no space left on device|disk quota exceeded|cannot allocate memory|out of memory"
                    + "|read-only file system|input/output error|error reading from server|transport is closing"
                    + "|closing transport|code = unavailable|cannot connect to the docker daemon|error during connect"
                    + "|failed to (dial|connect to).*(buildkit|unix://|tcp://)|listing workers|no worker"
                    + "|connection error: desc|failed to get status|database (is )?(locked|not open)|signal: killed");

    private static final Pattern NOT_FOUND = Pattern.compile("(?i)not found|does not exist|no such image");

    private EngineTrouble() {}

    /** Whether the words tell of something that another attempt may not meet. */
    static boolean passes(String message) {
        return PASSING.matcher(message).find();
    }

    /** Whether the words tell that the builder itself is out of order. */
    static boolean broken(String message) {
        return BROKEN.matcher(message).find();
    }

    /** Whether an engine without containerd's image store says that it cannot make images as registries want them. */
    static boolean oldStore(String message) {
        return message.contains("exporter \"image\" could not be found");
    }

    /** What an engine's or registry's words mean; what is unknown is worth another attempt. */
    static Kind kind(String message) {
        if (UNAUTHORIZED.matcher(message).find()) {
            return Kind.UNAUTHORIZED;
        }
        return !passes(message) && NOT_FOUND.matcher(message).find() ? Kind.NOT_FOUND : Kind.UNAVAILABLE;
    }

    /** The failure of a call of docker-java. */
    static ClientException failure(String tried, RuntimeException thrown) {
        Kind kind;
        if (thrown instanceof NotFoundException) {
            kind = Kind.NOT_FOUND;
        } else if (thrown instanceof DockerException answered) {
            int status = answered.getHttpStatus();
            kind = status == 401 || status == 403
                    ? Kind.UNAUTHORIZED
                    : status >= 500 || status == 429 ? Kind.UNAVAILABLE : Kind.REFUSED;
        } else {
            kind = Kind.UNAVAILABLE;
        }
        Throwable cause = thrown.getCause() == null ? thrown : thrown.getCause();
        return new ClientException(kind, "could not " + tried + ": " + cause.getMessage(), thrown);
    }
}
