package io.forgefleet.host.forge.repository;

import io.forgefleet.host.forge.repository.Release.Attachment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Predicate;

/** A repository's releases, one for a tag, with their files on disk. Blocks; one change at a time. */
public final class Releases {

    /** Largest file of a release. */
    public static final long MAX_FILE_BYTES = 512L << 20;

    private static final int MAX = 1000;
    private static final int MAX_FILES = 200;
    private static final long MAX_BYTES = 4L << 30;

    private final Path directory;
    private final Map<Long, Release> byId = new TreeMap<>();
    private long lastId;

    /**
     * @param directory of the files, made when it is needed
     */
    Releases(Path directory) {
        this.directory = directory;
    }

    /** Makes a draft. */
    public synchronized Release create(Account author, String tag, Release.Text text) {
        if (tag.isBlank()) {
            throw new RefusedException(422, "a release needs a tag_name");
        }
        if (!list(release -> release.tag().equals(tag)).isEmpty()) {
            throw new RefusedException(409, "Release already exists for the tag " + tag);
        }
        if (byId.size() == MAX) {
            throw new RefusedException(422, "this small forge holds " + MAX + " releases in a repository");
        }
        return keep(new Release(
                ++lastId,
                tag,
                text.target(),
                text.title(),
                text.notes(),
                text.prerelease(),
                author,
                Instant.now(),
                Optional.empty(),
                List.of()));
    }

    public synchronized Release get(long id) {
        return Optional.ofNullable(byId.get(id)).orElseThrow(() -> RefusedException.unknown("release " + id));
    }

    /** Newest first. */
    public synchronized List<Release> list(Predicate<Release> which) {
        return new ArrayList<>(byId.values()).reversed().stream().filter(which).toList();
    }

    public synchronized Release edit(long id, Release.Text text) {
        Release old = get(id);
        return keep(old.with(text, old.publishedAt()));
    }

    public synchronized Release publish(long id) {
        Release old = get(id);
        return old.isDraft() ? keep(old.with(old.text(), Optional.of(Instant.now()))) : old;
    }

    /**
     * Takes a file.
     *
     * @param file is moved away
     */
    public synchronized Attachment attach(long id, String name, Path file) {
        Release release = get(id);
        if (name.isBlank() || name.length() > 255 || name.contains("/")) {
            throw new RefusedException(400, "a file needs a name of at most 255 characters without slashes");
        }
        if (release.attachments().size() == MAX_FILES) {
            throw new RefusedException(400, "this small forge holds " + MAX_FILES + " files in a release");
        }
        try {
            long size = Files.size(file);
            long all = byId.values().stream()
                    .flatMap(each -> each.attachments().stream())
                    .mapToLong(Attachment::size)
                    .sum();
            if (size > MAX_FILE_BYTES || all + size > MAX_BYTES) {
                throw new RefusedException(
                        413, "a file may have " + MAX_FILE_BYTES + " bytes, all of a repository " + MAX_BYTES);
            }
            String uuid = UUID.randomUUID().toString();
            Path kept = Files.move(file, Files.createDirectories(directory).resolve(uuid));
            Attachment attachment = new Attachment(++lastId, uuid, name, size, Instant.now(), kept);
            List<Attachment> files = new ArrayList<>(release.attachments());
            files.add(attachment);
            keep(release.with(files));
            return attachment;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot keep the file " + name + " of release " + id, e);
        }
    }

    public synchronized void detach(long id, long attachment) {
        Release release = get(id);
        List<Attachment> files = new ArrayList<>(release.attachments());
        Attachment known = files.stream()
                .filter(file -> file.id() == attachment)
                .findFirst()
                .orElseThrow(() -> RefusedException.unknown("file " + attachment));
        files.remove(known);
        keep(release.with(files));
        delete(known);
    }

    /** Deletes a release with its files; its tag stays. */
    public synchronized Release remove(long id) {
        Release release = get(id);
        byId.remove(id);
        release.attachments().forEach(Releases::delete);
        return release;
    }

    private static void delete(Attachment attachment) {
        try {
            Files.deleteIfExists(attachment.file());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + attachment.file(), e);
        }
    }

    private Release keep(Release release) {
        byId.put(release.id(), release);
        return release;
    }
}
