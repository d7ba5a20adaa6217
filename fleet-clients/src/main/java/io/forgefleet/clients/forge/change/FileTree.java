package io.forgefleet.clients.forge.change;

import io.forgefleet.events.CommitId;
import java.util.Collection;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The files of a branch at one commit.
 *
 * @param commit head of the branch when it was asked
 * @param paths from the root, separated by slashes; without directories, symbolic links and submodules
 */
public record FileTree(CommitId commit, SortedSet<String> paths) {

    /** A tree of more files is refused. */
    public static final int MOST_PATHS = 100_000;

    public FileTree {
        paths = Collections.unmodifiableSortedSet(new TreeSet<>(paths));
    }

    public FileTree(CommitId commit, Collection<String> paths) {
        this(commit, new TreeSet<>(paths));
    }
}
