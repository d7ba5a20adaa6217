package io.forgefleet.host.forge.repository;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A release of a tag, as it was at one time.
 *
 * @param tag short name; a draft may have one that is not there yet
 * @param target what the tag is made at when a draft without one is published: a branch or a commit's id
 * @param publishedAt empty for a draft
 */
public record Release(
        long id,
        String tag,
        String target,
        String title,
        String notes,
        boolean prerelease,
        Account author,
        Instant createdAt,
        Optional<Instant> publishedAt,
        List<Attachment> attachments) {

    /**
     * A file of a release.
     *
     * @param uuid name of the file that holds its bytes
     */
    public record Attachment(long id, String uuid, String name, long size, Instant createdAt, Path file) {}

    public Release {
        attachments = List.copyOf(attachments);
    }

    /** Whether only those see it who may write. */
    public boolean isDraft() {
        return publishedAt.isEmpty();
    }

    Release with(Text text, Optional<Instant> published) {
        return new Release(
                id,
                tag,
                text.target(),
                text.title(),
                text.notes(),
                text.prerelease(),
                author,
                createdAt,
                published,
                attachments);
    }

    Release with(List<Attachment> files) {
        return new Release(id, tag, target, title, notes, prerelease, author, createdAt, publishedAt, files);
    }

    /** What can be edited. */
    public record Text(String target, String title, String notes, boolean prerelease) {}

    public Text text() {
        return new Text(target, title, notes, prerelease);
    }
}
