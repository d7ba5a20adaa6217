package io.forgefleet.clients.git;

import java.nio.charset.StandardCharsets;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/** What {@code git ls-tree -r -z} prints. */
public final class TreeListing {

    private TreeListing() {}

    /**
     * Reads it.
     *
     * @param wanted which paths
     * @return ids of their content by path; symbolic links and submodules included, with what they name
     */
    public static SortedMap<String, String> parse(byte[] output, Predicate<String> wanted) {
        SortedMap<String, String> files = new TreeMap<>();
        // mode SP type SP id TAB path NUL
        for (String line : new String(output, StandardCharsets.UTF_8).split("\0", -1)) {
            int tab = line.indexOf('\t');
            if (tab > 0 && wanted.test(line.substring(tab + 1))) {
                files.put(line.substring(tab + 1), line.substring(line.lastIndexOf(' ', tab) + 1, tab));
            }
        }
        return files;
    }
}
