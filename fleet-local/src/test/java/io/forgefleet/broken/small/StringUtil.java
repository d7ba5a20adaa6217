package io.forgefleet.broken.small;

/** A name that says nothing, in a package that is not null-marked. */
public final class StringUtil {

    private StringUtil() {}
}
