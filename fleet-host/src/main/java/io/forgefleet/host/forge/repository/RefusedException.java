package io.forgefleet.host.forge.repository;

/** The forge does not do what was asked, and says why with a status of HTTP. */
public final class RefusedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int status;

    public RefusedException(int status, String message) {
        super(message);
        this.status = status;
    }

    /** Status code of HTTP, 400 to 499. */
    public int status() {
        return status;
    }

    static RefusedException unknown(String what) {
        return new RefusedException(404, "The target couldn't be found: " + what);
    }
}
