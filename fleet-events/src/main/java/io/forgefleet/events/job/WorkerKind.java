package io.forgefleet.events.job;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.regex.Pattern;

/**
 * A kind of work; every kind has a share group of the same name on the topics that it wants.
 *
 * @param name lower-case letters and inner dashes
 */
public record WorkerKind(@JsonValue String name) {

    private static final Pattern FORM = Pattern.compile("[a-z]([a-z-]{0,30}[a-z])?");

    /** Images, and what is found out about them. */
    public static final WorkerKind BUILD = new WorkerKind("build");

    /** Pull requests that pin images in the files of a repository, by whoever may write there. */
    public static final WorkerKind PIN = new WorkerKind("pin");

    /** What scans found, told to the forge by whoever may write there. */
    public static final WorkerKind REPORT = new WorkerKind("report");

    /** Releases, and what makes an image public: whoever holds the signing key. */
    public static final WorkerKind RELEASE = new WorkerKind("release");

    /** What nobody needs any more goes. */
    public static final WorkerKind CLEANUP = new WorkerKind("cleanup");

    /** Template databases. */
    public static final WorkerKind TEMPLATE = new WorkerKind("template");

    @JsonCreator
    public WorkerKind {
        if (!FORM.matcher(name).matches()) {
            throw new IllegalArgumentException("worker kind must be lower-case letters and inner dashes, got: " + name);
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
