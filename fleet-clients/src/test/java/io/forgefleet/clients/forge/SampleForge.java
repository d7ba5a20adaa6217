package io.forgefleet.clients.forge;

import io.forgefleet.clients.forge.change.LabelChange;
import io.forgefleet.events.CommitId;
import java.util.List;
import java.util.Map;

/** A forge with a repository whose pull requests are known. */
interface SampleForge extends ReleaseSample {

    /** With a token that may read the repository, and may not ask for the rights of others. */
    Forge openWithLittle();

    /** Logins of all the ways to have write access. */
    List<String> writers();

    /** Logins of accounts that are there without write access, and of one that is not there. */
    List<String> others();

    /** Number of a pull request within the repository, open, of {@link #head}, to main, of the first writer, with labels. */
    long open();

    long draft();

    long closed();

    long merged();

    /** Number of an open one from a fork. */
    long fromFork();

    CommitId head();

    /** Somebody sets a label on a pull request or takes it away; gives what is to be told of it. */
    LabelChange label(long number, String label, boolean add) throws Exception;

    /** Other things happen to a pull request. */
    void manyOthers(long number, int times) throws Exception;

    /** Statuses that the forge got for the head, each as {@code context state description url}, in order. */
    List<String> statuses() throws Exception;

    /** Somebody pushes to a branch that is there. */
    void push(String branch, Map<String, String> texts) throws Exception;

    /** Somebody closes a pull request. */
    void closePull(long number) throws Exception;

    /** Somebody merges a pull request. */
    void mergePull(long number) throws Exception;

    void deleteBranch(String branch) throws Exception;

    /** Title and body of a pull request, {@code title | body}. */
    String described(long number) throws Exception;

    /** Commits of a branch, newest first, each as {@code id message}. */
    List<String> log(String branch) throws Exception;
}
