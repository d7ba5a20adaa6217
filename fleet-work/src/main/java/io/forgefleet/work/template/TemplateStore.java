package io.forgefleet.work.template;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.ClientException.Kind;
import io.forgefleet.clients.registry.FileArtifact;
import io.forgefleet.clients.registry.Manifest;
import io.forgefleet.clients.registry.Registry;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.image.Digest;
import io.forgefleet.events.job.RunId;
import io.forgefleet.events.repofile.TemplateSpec.Engine;
import io.forgefleet.events.wire.Json;
import io.forgefleet.events.wire.MalformedRecordException;
import io.forgefleet.work.template.DatabaseBytes.DamagedException;
import io.forgefleet.work.template.DatabaseBytes.Packed;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.LongConsumer;

/**
 * The templates of one name in a registry: artifacts {@code template-db/{name}} below a repository, each under the hash of its key as
 * its tag, which never moves. What could not be made lies beside them under a tag of its own. Thread-safe.
 */
public final class TemplateStore {

    /** Folder of the registry below a repository's own. */
    public static final String FOLDER = "template-db";

    private static final String FAILURE = "application/vnd.forgefleet.template-db.failure.v1";
    private static final String CONFIG = "application/vnd.forgefleet.template-db.key.v1+json";
    private static final String FAILED = "-failed";
    private static final long SPARE = 16 << 20;

    private final Registry registry;
    private final String repository;
    private final String name;
    private final Path scratch;

    /**
     * @param repository path in the registry: {@code team/app/template-db/main}
     * @param scratch a folder for files on their way
     */
    public TemplateStore(Registry registry, String repository, Path scratch) {
        this.registry = registry;
        this.repository = repository;
        this.name = repository.substring(repository.lastIndexOf('/') + 1);
        this.scratch = scratch;
    }

    /**
     * Looks for a template.
     *
     * @throws ClientException REFUSED when something else lies under its tag
     */
    public Optional<StoredTemplate> find(TemplateKey key) throws ClientException, InterruptedException {
        Optional<Manifest> manifest = registry.find(repository, key.hash());
        if (manifest.isEmpty()) {
            return Optional.empty();
        }
        Optional<StoredTemplate> stored = StoredTemplate.of(manifest.get())
                .filter(each -> each.key().equals(key.hash()))
                .filter(each -> each.trust() == key.trust())
                .filter(each -> each.engine() == key.engine());
        if (stored.isEmpty()) {
            throw notOurs(key.hash());
        }
        return stored;
    }

    /** A template by the digest of its artifact. */
    public StoredTemplate get(Digest manifest) throws ClientException, InterruptedException {
        return StoredTemplate.of(registry.get(repository, manifest.value()))
                .orElseThrow(() -> notOurs(manifest.value()));
    }

    /** What went into the key of a template that is here. */
    public TemplateKey key(StoredTemplate template) throws ClientException, InterruptedException {
        Optional<Digest> config =
                registry.get(repository, template.manifest().value()).config();
        try {
            return Json.read(
                    registry.blob(repository, config.orElseThrow(() -> notOurs(template.key()))), TemplateKey.class);
        } catch (MalformedRecordException e) {
            throw notOurs(template.key());
        }
    }

    private ClientException notOurs(String reference) {
        return new ClientException(
                Kind.REFUSED,
                repository + " has something under " + reference
                        + " that is no template database of that key: remove it from the registry");
    }

    /**
     * Makes a template public: first its bytes, its tag last, once the permit was given.
     *
     * @param permit asked right before it is seen
     */
    public <E extends Exception> StoredTemplate push(
            TemplateKey key, FinishedDatabase database, RunId run, CommitId commit, FileArtifact.Permit<E> permit)
            throws IOException, ClientException, InterruptedException, E {
        Path file = Files.createTempFile(Files.createDirectories(scratch), "template", ".packed");
        try {
            Packed packed = DatabaseBytes.pack(database.file(), file, key.engine() == Engine.SQLITE);
            StoredTemplate template = new StoredTemplate(
                    key.hash(),
                    key.engine(),
                    packed.blob(), // stands for the manifest's own, which is known when all else is
                    packed.blob(),
                    packed.blobBytes(),
                    packed.content(),
                    packed.bytes(),
                    database.facts(),
                    database.took(),
                    key.trust(),
                    run,
                    commit,
                    Instant.now());
            Digest manifest = new FileArtifact(
                            StoredTemplate.TYPE,
                            CONFIG,
                            text(key),
                            template.descriptor(name),
                            template.annotations(key))
                    .push(registry, repository, key.hash(), file, scratch, permit);
            return template.under(manifest);
        } finally {
            Files.deleteIfExists(file);
        }
    }

    /**
     * Brings a template to this machine. The file appears whole and checked, or not at all; one that was there stays until then.
     *
     * @throws ClientException UNAVAILABLE when its bytes are others than those that were pushed
     * @throws IOException when the disk does not take it
     */
    public void pull(StoredTemplate template, Path into) throws IOException, ClientException, InterruptedException {
        pull(template, into, bytes -> {});
    }

    /**
     * The same.
     *
     * @param came told, from time to time, how many of {@link StoredTemplate#blobBytes} are here
     */
    public void pull(StoredTemplate template, Path into, LongConsumer came)
            throws IOException, ClientException, InterruptedException {
        Path folder = Files.createDirectories(DatabaseBytes.folder(into));
        long free = Files.getFileStore(folder).getUsableSpace();
        if (free < template.bytes() + SPARE) {
            throw new IOException(folder + " has " + free + " bytes left, and the template needs " + template.bytes()
                    + ": make room there");
        }
        Path part = folder.resolve("." + into.getFileName() + "-" + UUID.randomUUID() + ".part");
        try {
            Digest content = registry.readUnverified(
                    repository,
                    template.blob(),
                    template.blobBytes(),
                    bytes -> DatabaseBytes.unpack(
                            new CountedStream(bytes, came),
                            part,
                            template.bytes(),
                            template.engine() == Engine.SQLITE));
            if (!content.equals(template.content())) {
                throw new DamagedException("it holds " + content + " and not " + template.content());
            }
            DatabaseBytes.publish(part, into);
        } catch (DamagedException e) {
            throw new ClientException(
                    Kind.UNAVAILABLE,
                    "the template " + repository + "@" + template.manifest() + " is damaged: " + e.getMessage()
                            + "; remove it from the registry, and it is made anew",
                    e);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    /** Whether it is known that nothing can be made for a key. */
    public Optional<FailedTemplate> failure(TemplateKey key) throws IOException, ClientException, InterruptedException {
        Optional<Manifest> manifest = registry.find(repository, failureTag(key));
        if (manifest.isEmpty()
                || !manifest.get().artifactType().equals(FAILURE)
                || manifest.get().descriptors().size() != 1) {
            return Optional.empty();
        }
        Digest file = manifest.get().descriptors().getFirst().digest();
        try {
            return Optional.of(Json.read(registry.blob(repository, file), FailedTemplate.class));
        } catch (MalformedRecordException e) {
            return Optional.empty();
        }
    }

    /**
     * Remembers that nothing can be made for a key; what was remembered before is forgotten.
     *
     * @return digest of the artifact
     */
    public <E extends Exception> Digest remember(TemplateKey key, FailedTemplate failure, FileArtifact.Permit<E> permit)
            throws IOException, ClientException, InterruptedException, E {
        Path file = Files.createTempFile(Files.createDirectories(scratch), "failure", ".json");
        try {
            Files.write(file, Json.write(failure));
            Packed packed = DatabaseBytes.hash(file);
            Manifest.Descriptor descriptor = new Manifest.Descriptor(
                    "application/json", packed.blob(), packed.blobBytes(), Map.of(FileArtifact.TITLE, "failure.json"));
            return new FileArtifact(
                            FAILURE,
                            CONFIG,
                            text(key),
                            descriptor,
                            Map.of("io.forgefleet.run", failure.run().value()))
                    .push(registry, repository, failureTag(key), file, scratch, permit);
        } finally {
            Files.deleteIfExists(file);
        }
    }

    /** The tag that a failure is remembered under. */
    public static String failureTag(TemplateKey key) {
        return key.hash() + FAILED;
    }

    private static String text(TemplateKey key) {
        return new String(Json.write(key), StandardCharsets.UTF_8);
    }
}
