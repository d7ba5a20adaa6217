package io.forgefleet.gateway.api.answer;

import java.io.Serial;

/** A request that is answered with an error: what happened, and what the caller can do. */
public final class ApiException extends Exception {

    @Serial
    private static final long serialVersionUID = 1;

    private final int status;
    private final String error;
    private final String advice;

    private ApiException(int status, String error, String message, String advice) {
        super(message);
        this.status = status;
        this.error = error;
        this.advice = advice;
    }

    /** The caller asked for what makes no sense. */
    public static ApiException badRequest(String message, String advice) {
        return new ApiException(400, "bad-request", message, advice);
    }

    /** There is no such thing. */
    public static ApiException notFound(String message, String advice) {
        return new ApiException(404, "not-found", message, advice);
    }

    /** It may be there later. */
    public static ApiException unavailable(String message, String advice) {
        return new ApiException(503, "unavailable", message, advice);
    }

    /** What was there, and is not any more. */
    public static ApiException gone(String message, String advice) {
        return new ApiException(410, "gone", message, advice);
    }

    /** Another service of the fleet does not do its part. */
    public static ApiException badGateway(String message, String advice) {
        return new ApiException(502, "bad-gateway", message, advice);
    }

    static ApiException mistake() {
        return new ApiException(
                500, "internal", "the gateway made a mistake", "look for the error in the gateway's log and report it");
    }

    /** Of HTTP. */
    public int status() {
        return status;
    }

    /** In one word. */
    public String error() {
        return error;
    }

    /** What happened. */
    public String text() {
        return String.valueOf(getMessage());
    }

    /** What the caller can do. */
    public String advice() {
        return advice;
    }
}
