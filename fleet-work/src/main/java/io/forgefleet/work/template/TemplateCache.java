package io.forgefleet.work.template;

import io.forgefleet.clients.ClientException;
import io.forgefleet.events.wire.Json;
import io.forgefleet.events.wire.MalformedRecordException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finished databases on this machine's disk, by their content; what was not used for longest goes when there are too many bytes. A
 * database's digest was checked when it came here; at each use it is checked against a checksum that was taken then. What is given out
 * is a copy, by reference where the file system knows how, and never a hard link. Several processes may share the folder. Thread-safe.
 */
public final class TemplateCache {

    private static final Logger LOG = LoggerFactory.getLogger(TemplateCache.class);
    private static final String DATABASE = ".db";
    private static final String CHECKSUM = ".crc32c";
    private static final String KEY = ".json";

    private final Path folder;
    private final long mostBytes;

    /** @param folder made when it is needed */
    public TemplateCache(Path folder, long mostBytes) {
        this.folder = folder;
        this.mostBytes = mostBytes;
    }

    /** The template of a key, if it was here once, by the key's hash; needs no network. */
    public Optional<StoredTemplate> find(String key) {
        try {
            StoredTemplate template = Json.read(Files.readAllBytes(folder.resolve(key + KEY)), StoredTemplate.class);
            return Files.exists(file(template)) ? Optional.of(template) : Optional.empty();
        } catch (IOException | MalformedRecordException e) {
            return Optional.empty();
        }
    }

    /**
     * Copies a template out. The copy appears whole and checked, or not at all.
     *
     * @return whether it is here; what is here and damaged is taken away
     * @throws IOException when the disk does not take the copy
     */
    public boolean copy(StoredTemplate template, Path into) throws IOException {
        Path file = file(template);
        if (!Files.exists(file)) {
            return false;
        }
        Path target = into.toAbsolutePath().normalize();
        Path part = Files.createDirectories(DatabaseBytes.folder(target))
                .resolve("." + target.getFileName() + "-" + UUID.randomUUID() + ".part");
        try {
            String checksum = Files.readString(checksum(template));
            if (!isCopy(target, template, checksum)) {
                FutureTask<String> read = new FutureTask<>(() -> DatabaseBytes.checksum(file));
                var unused = Thread.ofVirtual().name("checksum").start(read);
                Files.copy(file, part);
                if (!awaited(read).equals(checksum)) {
                    LOG.warn("{} is damaged and is taken away", file);
                    Files.deleteIfExists(file);
                    return false;
                }
                Files.setPosixFilePermissions(part, PosixFilePermissions.fromString("rw-r--r--"));
                DatabaseBytes.publish(part, target);
            }
            Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
            return true;
        } catch (NoSuchFileException e) {
            return false; // another process makes room, or has just brought it
        } finally {
            Files.deleteIfExists(part);
        }
    }

    /** Whether nobody wrote to a copy since it was given out: then it need not be written again. */
    private static boolean isCopy(Path target, StoredTemplate template, String checksum) throws IOException {
        return DatabaseBytes.standsAlone(target)
                && Files.size(target) == template.bytes()
                && Files.isWritable(target)
                && DatabaseBytes.checksum(target).equals(checksum);
    }

    private static String awaited(FutureTask<String> checksum) throws IOException {
        try {
            return checksum.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while a database was copied");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    /**
     * Copies a template out, after it was pulled if it is not here.
     *
     * @param came told, while it is pulled, how many of {@link StoredTemplate#blobBytes} are here
     */
    public void copy(StoredTemplate template, TemplateStore from, Path into, LongConsumer came)
            throws IOException, ClientException, InterruptedException {
        if (copy(template, into)) {
            return;
        }
        from.pull(template, file(template), came);
        added(template);
        if (!copy(template, into)) {
            from.pull(template, into); // there is room for none
        }
    }

    /** Takes in a file that was just pushed; it stays where it is. */
    public void add(StoredTemplate template, Path database) throws IOException {
        Path part = Files.createDirectories(folder).resolve("." + UUID.randomUUID() + ".part");
        try {
            Files.copy(database, part);
            Files.move(part, file(template), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(part);
        }
        added(template);
    }

    private void added(StoredTemplate template) throws IOException {
        Files.setPosixFilePermissions(file(template), PosixFilePermissions.fromString("r--r--r--"));
        write(checksum(template), DatabaseBytes.checksum(file(template)).getBytes(StandardCharsets.US_ASCII));
        write(folder.resolve(template.key() + KEY), Json.write(template));
        makeRoom();
    }

    private void write(Path file, byte[] content) throws IOException {
        Path part = folder.resolve("." + UUID.randomUUID() + ".part");
        Files.write(part, content);
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** A file beside the database with what tells damage on the disk, in a tenth of the time that its digest would take. */
    private Path checksum(StoredTemplate template) {
        return folder.resolve(template.content().value().substring("sha256:".length()) + CHECKSUM);
    }

    private Path file(StoredTemplate template) {
        return folder.resolve(template.content().value().substring("sha256:".length()) + DATABASE);
    }

    private record Kept(Path file, long bytes, FileTime used) {}

    private void makeRoom() throws IOException {
        List<Kept> kept = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                try {
                    if (file.toString().endsWith(DATABASE)) {
                        kept.add(new Kept(file, Files.size(file), Files.getLastModifiedTime(file)));
                    }
                } catch (NoSuchFileException e) {
                    // another process made room
                }
            }
        }
        kept.sort(Comparator.comparing(Kept::used));
        long bytes = kept.stream().mapToLong(Kept::bytes).sum();
        for (Kept each : kept) {
            if (bytes <= mostBytes) {
                break;
            }
            Files.deleteIfExists(each.file());
            Files.deleteIfExists(Path.of(each.file().toString().replaceAll(DATABASE + "$", CHECKSUM)));
            bytes -= each.bytes();
        }
    }
}
