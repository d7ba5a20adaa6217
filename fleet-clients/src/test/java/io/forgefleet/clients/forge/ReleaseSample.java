package io.forgefleet.clients.forge;

import io.forgefleet.events.CommitId;
import io.forgefleet.events.RepositoryId;

/** A forge with a repository in which somebody tags and releases. */
interface ReleaseSample extends AutoCloseable {

    RepositoryId REPOSITORY = new RepositoryId("forge", "team/app");

    /** With the right token unless told otherwise. */
    Forge open(boolean rightToken);

    /** Somebody tags a new commit, with the name moved if it was there. */
    CommitId tag(String name, boolean annotated) throws Exception;

    void deleteTag(String name) throws Exception;

    /** Somebody makes a release by hand. */
    void makeRelease(String tag, boolean draft) throws Exception;

    /** Somebody adds a file to a release, or to a draft of it. */
    void addFile(String tag, String name, byte[] content) throws Exception;

    /** Somebody deletes a file of a release, or of a draft of it. */
    void deleteFile(String tag, String name) throws Exception;

    /** A file of a release, as people get it. */
    byte[] download(String tag, String name) throws Exception;

    /** What is written on a release's page. */
    String notes(String tag) throws Exception;

    /** How many there are of a tag, drafts too. */
    int releasesOf(String tag) throws Exception;

    @Override
    void close();
}
