package io.forgefleet.work.gate;

import io.forgefleet.clients.scan.ScanException;
import io.forgefleet.clients.scan.ScanException.Problem;

/**
 * Whether the image is vulnerable is not known. That is neither clean nor blocked, and it does not pass.
 *
 * @param problem what went wrong
 * @param message what was tried, what happened, what to do
 * @param retryable whether another attempt may succeed without anybody's help
 */
public record CouldNotScan(ImageSubject image, Problem problem, String message, boolean retryable)
        implements GateResult {

    static CouldNotScan of(ImageSubject image, ScanException e) {
        return new CouldNotScan(image, e.problem(), String.valueOf(e.getMessage()), e.retryable());
    }

    @Override
    public boolean passed() {
        return false;
    }

    @Override
    public String summary() {
        String what =
                switch (problem) {
                    case TOOL_MISSING -> "a tool is missing";
                    case DATABASE_MISSING -> "the database of advisories is missing";
                    case DATABASE_OLD -> "the database of advisories is too old";
                    case CRASHED -> "a tool failed";
                    case TIMED_OUT -> "a tool took too long";
                    case UNREADABLE -> "the output of a tool cannot be read";
                };
        return GateResult.cut("could not scan: " + what + "; the run's log says more");
    }
}
